#ifndef SFG_MPI_H
#define SFG_MPI_H

#include <mpi.h>

/* MPI's constants are macros that cast addresses, which Swift does not import. */
#define SFG_MPI static inline __attribute__((always_inline))

/* A handle is a pointer in some MPIs and a number in others. */
typedef struct {
  MPI_Request handle;
} sfg_mpi_request;
SFG_MPI sfg_mpi_request sfg_mpi_no_request(void) {
  sfg_mpi_request request = {MPI_REQUEST_NULL};
  return request;
}

/* Initialises MPI for calls by one thread at a time; the level of threads that it provides, or -1. */
SFG_MPI int sfg_mpi_start(void) {
  int provided = -1;
  if (MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided) != MPI_SUCCESS) return -1;
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  return provided >= MPI_THREAD_SERIALIZED ? provided : -1;
}
SFG_MPI int sfg_mpi_end(void) { return MPI_Finalize(); }

SFG_MPI int sfg_mpi_rank(void) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}
SFG_MPI int sfg_mpi_size(void) {
  int size = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  return size;
}

SFG_MPI int sfg_mpi_send(const void *bytes, int count, int target, int tag, sfg_mpi_request *request) {
  return MPI_Isend(bytes, count, MPI_BYTE, target, tag, MPI_COMM_WORLD, &request->handle);
}
SFG_MPI int sfg_mpi_receive(void *bytes, int count, int source, int tag, sfg_mpi_request *request) {
  return MPI_Irecv(bytes, count, MPI_BYTE, source, tag, MPI_COMM_WORLD, &request->handle);
}

/* Whether a request is complete; if so, it becomes MPI_REQUEST_NULL, and `count` its bytes. */
SFG_MPI int sfg_mpi_test(sfg_mpi_request *request, int *complete, int *count) {
  MPI_Status status;
  int error = MPI_Test(&request->handle, complete, &status);
  if (error == MPI_SUCCESS && *complete) MPI_Get_count(&status, MPI_BYTE, count);
  return error;
}

/* Whether a message from a rank with a tag has arrived, and its bytes. */
SFG_MPI int sfg_mpi_probe(int source, int tag, int *arrived, int *count) {
  MPI_Status status;
  int error = MPI_Iprobe(source, tag, MPI_COMM_WORLD, arrived, &status);
  if (error == MPI_SUCCESS && *arrived) MPI_Get_count(&status, MPI_BYTE, count);
  return error;
}

/* The text of an error, of at most MPI_MAX_ERROR_STRING bytes. */
SFG_MPI void sfg_mpi_error_text(int error, char *text) {
  int length = 0;
  MPI_Error_string(error, text, &length);
}
enum { sfg_mpi_error_text_size = MPI_MAX_ERROR_STRING };

#endif

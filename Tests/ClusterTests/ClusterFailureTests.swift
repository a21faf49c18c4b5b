import Cluster
import Platform
import Testing

@Suite struct ClusterFailureTests {
  @Test func eachReasonIsOneLineWithRankAndHost() {
    let texts: [(ClusterFailure.Reason, String)] = [
      (
        .ended,
        "the process ended unexpectedly; look for a crash, a kill or exhausted memory there"
      ),
      (.silent(seconds: 20), "no sign of life for 20 s; check it and its network to rank 0"),
      (
        .stuck(seconds: 0.25),
        "no progress for 0.3 s while all ranks wait; check the network"
      ),
      (.failed(message: "day.tsv: no such file", status: .missingInput), "day.tsv: no such file"),
      (
        .disagrees(subject: "version", found: "1.4", expected: "1.5"),
        "version is 1.4, expected 1.5 as on rank 0"
      ),
      (.transport(message: "MPI_ERR_COMM"), "cannot exchange messages: MPI_ERR_COMM"),
    ]
    for (reason, text) in texts {
      let failure = ClusterFailure(rank: 2, host: "node7", reason: reason)
      #expect(failure.description == "rank 2 on host node7: \(text)")
      #expect(failure.reporter == 0)
    }
  }

  @Test func aLostRankZeroIsReportedByRankOne() {
    #expect(ClusterFailure(rank: 0, host: "a", reason: .ended).reporter == 1)
    #expect(ClusterFailure(rank: 0, host: "a", reason: .silent(seconds: 1)).reporter == 1)
  }

  @Test func theStatusIsThatOfTheFirstFailure() {
    let reasons: [(ClusterFailure.Reason, FailureStatus)] = [
      (.failed(message: "", status: .exhausted), .exhausted),
      (.disagrees(subject: "", found: "", expected: ""), .badConfiguration),
      (.ended, .inputOutput),
    ]
    for (reason, status) in reasons {
      #expect(ClusterFailure(rank: 1, host: "b", reason: reason).status == status)
    }
  }
}

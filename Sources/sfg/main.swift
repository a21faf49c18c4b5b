print("sfg")

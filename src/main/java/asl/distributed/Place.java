package asl.distributed;

/**
 * Where a process stands among the others.
 *
 * @param localRank among those of its machine
 * @param localSize processes on its machine
 */
record Place(int rank, int size, int localRank, int localSize) {}

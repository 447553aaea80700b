/*
 * The yardstick for `asl bench allreduce`: the mean over all ranks, in place, of arrays as large as the gradients of MAE with
 * ViT-B/16, one MPI_Allreduce each. Reads nothing; takes the number of rounds.
 *
 *   mpicc -O3 scripts/bench_allreduce.c -o bench_allreduce && mpirun --bind-to none -np 2 ./bench_allreduce 10
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

enum { WARM_UP = 2, LARGEST = 512 };

static float *arrays[LARGEST];
static long sizes[LARGEST];
static int count;

static void add(long size) {
    float *array = malloc((size_t)size * sizeof *array);
    if (array == NULL || count == LARGEST) {
        fprintf(stderr, "no memory\n");
        exit(1);
    }
    for (long i = 0; i < size; i++) {
        array[i] = 1;
    }
    arrays[count] = array;
    sizes[count++] = size;
}

/* A linear layer: weight and bias. */
static void linear(long in, long out) {
    add(in * out);
    add(out);
}

static void norm(long width) {
    add(width);
    add(width);
}

static void blocks(int depth, long width) {
    for (int i = 0; i < depth; i++) {
        norm(width);
        linear(width, 3 * width);
        linear(width, width);
        norm(width);
        linear(width, 4 * width);
        linear(4 * width, width);
    }
    norm(width);
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 10;
    int rank, size;
    if (rounds < 1) {
        return 2;
    }
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);

    add(768);              /* class token */
    linear(16 * 16 * 3, 768);
    blocks(12, 768);
    linear(768, 512);
    add(512);              /* mask token */
    blocks(8, 512);
    linear(512, 16 * 16 * 3);

    double *times = malloc((size_t)rounds * sizeof *times);
    double bytes = 0;
    for (int i = 0; i < count; i++) {
        bytes += (double)sizes[i] * sizeof(float);
    }
    for (int round = -WARM_UP; round < rounds; round++) {
        MPI_Barrier(MPI_COMM_WORLD);
        double start = MPI_Wtime();
        for (int i = 0; i < count; i++) {
            MPI_Allreduce(MPI_IN_PLACE, arrays[i], (int)sizes[i], MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
        }
        for (int i = 0; i < count; i++) {
            for (long k = 0; k < sizes[i]; k++) {
                arrays[i][k] /= size;
            }
        }
        if (round >= 0) {
            times[round] = MPI_Wtime() - start;
        }
    }
    if (rank == 0) {
        qsort(times, (size_t)rounds, sizeof *times, ascending);
        double median = times[(rounds - 1) / 2];
        printf("C, %d processes: mean of %d arrays, %.1f MB, in %.4f s (%.4f to %.4f): %.2f GB/s (%.2f to %.2f)\n", size,
               count, bytes / 1e6, median, times[0], times[rounds - 1], bytes / median / 1e9, bytes / times[rounds - 1] / 1e9,
               bytes / times[0] / 1e9);
    }
    MPI_Finalize();
    return 0;
}

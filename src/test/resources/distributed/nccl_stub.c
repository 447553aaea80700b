// Stands for libnccl and libcudart where there is no GPU: the functions that asl calls, with the signatures of NCCL's and
// CUDA's headers, over host memory, for ranks that are threads of one process. It refuses what would go wrong: an id that did
// not arrive whole, another device than the rank's own, calls outside a group or before the stream waits for what PyTorch
// computes, another type or operation.
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char internal[128];
} ncclUniqueId;
typedef struct {
    int rank;
} *ncclComm_t;
typedef struct {
    int device;
} *cudaEvent_t;
typedef struct {
    int device, ordered;
} *cudaStream_t;
enum { ncclSuccess = 0, ncclInvalidArgument = 4, ncclInvalidUsage = 5, ncclRemoteError = 6 };
enum { ncclFloat32 = 7, ncclBfloat16 = 9, ncclAvg = 4, RANKS = 8 };

static pthread_barrier_t barrier;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int ranks;
static const void *shown[RANKS];
static const void *sent[RANKS][RANKS];
static size_t lengths[RANKS][RANKS];
static int async_error;

static __thread int device = -1;
static __thread int in_group;
static __thread void *received[RANKS];
static __thread size_t expected[RANKS];
static __thread int rank_here = -1;

void stub_fail_with(int code) { async_error = code; }

int cudaSetDevice(int wanted) {
    device = wanted;
    return 0;
}

int cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned flags) {
    *stream = calloc(1, sizeof **stream);
    (*stream)->device = device;
    return device >= 0 && flags == 1 ? 0 : 1;
}

int cudaEventCreateWithFlags(cudaEvent_t *event, unsigned flags) {
    *event = malloc(sizeof **event);
    (*event)->device = -1;
    return device >= 0 && flags == 2 ? 0 : 1;
}

// on the default stream alone, of the GPU that is the calling thread's
int cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
    event->device = device;
    return stream == NULL && device >= 0 ? 0 : 400;
}

int cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned flags) {
    stream->ordered = event->device == stream->device;
    return flags == 0 && stream->ordered ? 0 : 400;
}

int cudaStreamSynchronize(cudaStream_t stream) {
    stream->ordered = 0;
    return 0;
}

int cudaStreamDestroy(cudaStream_t stream) {
    free(stream);
    return 0;
}

int cudaEventDestroy(cudaEvent_t event) {
    free(event);
    return 0;
}

const char *ncclGetErrorString(int code) { return code == ncclRemoteError ? "remote process exited" : "invalid argument"; }

int ncclGetUniqueId(ncclUniqueId *id) {
    for (int i = 0; i < 128; i++) id->internal[i] = (char) (7 * i + 1);
    return ncclSuccess;
}

int ncclCommInitRank(ncclComm_t *comm, int size, ncclUniqueId id, int rank) {
    for (int i = 0; i < 128; i++)
        if (id.internal[i] != (char) (7 * i + 1)) return ncclInvalidArgument;
    if (size > RANKS || rank < 0 || rank >= size || device != rank) return ncclInvalidUsage;
    pthread_mutex_lock(&lock);
    if (ranks == 0) {
        ranks = size;
        pthread_barrier_init(&barrier, NULL, size);
    }
    pthread_mutex_unlock(&lock);
    pthread_barrier_wait(&barrier);
    rank_here = rank;
    *comm = malloc(sizeof **comm);
    (*comm)->rank = rank;
    return ncclSuccess;
}

int ncclCommDestroy(ncclComm_t comm) {
    free(comm);
    return ncclSuccess;
}

int ncclCommGetAsyncError(ncclComm_t comm, int *error) {
    *error = async_error;
    return comm->rank == rank_here ? ncclSuccess : ncclInvalidArgument;
}

static int wrong(ncclComm_t comm, cudaStream_t stream) {
    return !in_group || !stream->ordered || stream->device != device || comm->rank != rank_here;
}

int ncclAllReduce(const void *from, void *to, size_t count, int type, int op, ncclComm_t comm, cudaStream_t stream) {
    if (wrong(comm, stream) || type != ncclFloat32 || op != ncclAvg) return ncclInvalidUsage;
    float *mean = calloc(count, sizeof *mean);
    shown[comm->rank] = from;
    pthread_barrier_wait(&barrier);
    for (int r = 0; r < ranks; r++)
        for (size_t i = 0; i < count; i++) mean[i] += ((const float *) shown[r])[i] / ranks;
    pthread_barrier_wait(&barrier);
    memcpy(to, mean, count * sizeof *mean);
    free(mean);
    return ncclSuccess;
}

int ncclBroadcast(const void *from, void *to, size_t count, int type, int root, ncclComm_t comm, cudaStream_t stream) {
    if (wrong(comm, stream) || type != ncclFloat32) return ncclInvalidUsage;
    shown[comm->rank] = from;
    pthread_barrier_wait(&barrier);
    if (comm->rank != root) memcpy(to, shown[root], count * sizeof(float));
    pthread_barrier_wait(&barrier);
    return ncclSuccess;
}

int ncclAllGather(const void *from, void *to, size_t count, int type, ncclComm_t comm, cudaStream_t stream) {
    if (wrong(comm, stream) || type != ncclBfloat16) return ncclInvalidUsage;
    shown[comm->rank] = from;
    pthread_barrier_wait(&barrier);
    for (int r = 0; r < ranks; r++) memcpy((char *) to + r * count * 2, shown[r], count * 2);
    pthread_barrier_wait(&barrier);
    return ncclSuccess;
}

int ncclGroupStart(void) {
    in_group = 1;
    memset(received, 0, sizeof received);
    return ncclSuccess;
}

int ncclSend(const void *from, size_t count, int type, int peer, ncclComm_t comm, cudaStream_t stream) {
    if (wrong(comm, stream) || type != ncclBfloat16) return ncclInvalidUsage;
    sent[comm->rank][peer] = from;
    lengths[comm->rank][peer] = count * 2;
    return ncclSuccess;
}

int ncclRecv(void *to, size_t count, int type, int peer, ncclComm_t comm, cudaStream_t stream) {
    if (wrong(comm, stream) || type != ncclBfloat16) return ncclInvalidUsage;
    received[peer] = to;
    expected[peer] = count * 2;
    return ncclSuccess;
}

int ncclGroupEnd(void) {
    int failed = 0;
    in_group = 0;
    pthread_barrier_wait(&barrier);
    for (int peer = 0; peer < ranks; peer++) {
        if (received[peer] == NULL) continue;
        failed |= lengths[peer][rank_here] != expected[peer];
        if (!failed) memcpy(received[peer], sent[peer][rank_here], expected[peer]);
    }
    pthread_barrier_wait(&barrier);
    return failed ? ncclInvalidUsage : ncclSuccess;
}

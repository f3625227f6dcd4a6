// librdkafka starts its threads with C11's thrd_create, of which ThreadSanitizer knows nothing: the
// first callback of ours on such a thread would end the program. Under it, they are made of POSIX
// threads.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)

#include <pthread.h>
#include <threads.h>

#include <cstdint>
#include <memory>

namespace {

struct Start {
    thrd_start_t function;
    void* argument;
};

void* run(void* given) {
    const std::unique_ptr<Start> start(static_cast<Start*>(given));
    const int result = start->function(start->argument);
    return reinterpret_cast<void*>(static_cast<std::intptr_t>(result));
}

}  // namespace

extern "C" int thrd_create(thrd_t* thread, thrd_start_t function, void* argument) {
    auto start = std::make_unique<Start>(Start{function, argument});
    if (pthread_create(thread, nullptr, run, start.get()) != 0) return thrd_error;
    start.release();
    return thrd_success;
}

extern "C" int thrd_join(thrd_t thread, int* result) {
    void* returned = nullptr;
    if (pthread_join(thread, &returned) != 0) return thrd_error;
    if (result != nullptr) *result = static_cast<int>(reinterpret_cast<std::intptr_t>(returned));
    return thrd_success;
}

#endif
#endif

#include "pictures/spread.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace cp::pictures {
namespace {

// One call: outlives its helpers, while the job itself lives only until the caller has returned.
struct Call {
    const std::function<void(std::size_t)>& job;
    const std::size_t count;
    std::atomic<std::size_t> next{0};
    std::mutex mutex{};
    std::condition_variable idle{};
    unsigned working = 0;
    bool over = false;
    std::exception_ptr failure{}; // of the first job that threw

    void work() noexcept {
        try {
            for (std::size_t i = next++; i < count; i = next++) job(i);
        } catch (...) {
            next = count;
            const std::lock_guard lock{mutex};
            if (!failure) failure = std::current_exception();
        }
    }
    void help() noexcept {
        {
            const std::lock_guard lock{mutex};
            if (over) return;
            ++working;
        }
        work();
        const std::lock_guard lock{mutex};
        if (--working == 0) idle.notify_one();
    }
    void finish() {
        std::unique_lock lock{mutex};
        over = true;
        idle.wait(lock, [this] { return working == 0; });
        if (failure) std::rethrow_exception(failure);
    }
};

} // namespace

imaging::ParallelFor spread_by(std::function<void(std::function<void()>)> post, unsigned helpers) {
    return [post = std::move(post), helpers](std::size_t count, const std::function<void(std::size_t)>& job) {
        const auto call = std::make_shared<Call>(job, count);
        try {
            for (std::size_t i = 0; i < helpers && i + 1 < count; ++i) post([call] { call->help(); });
        } catch (const std::exception&) {
            // No memory for a helper, or no thread: the caller does its share.
        }
        call->work();
        call->finish();
    };
}

imaging::ParallelFor spread_over_cores() {
    return [](std::size_t count, const std::function<void(std::size_t)>& job) {
        const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
        std::vector<std::jthread> threads; // joined before spread_by's call is given up
        spread_by([&](std::function<void()> help) { threads.emplace_back(std::move(help)); },
                  static_cast<unsigned>(std::min(cores, count) - std::min<std::size_t>(1, count)))(count,
                                                                                                   job);
    };
}

} // namespace cp::pictures

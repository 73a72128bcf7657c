// How pure code is spread over threads it knows nothing of: the caller passes in who runs the jobs.
#pragma once

#include <cstddef>
#include <functional>

namespace cp::imaging {

// Calls job(0) … job(count - 1), each once, in any order and on any threads, and returns when all have
// returned. Jobs share nothing they write. When one throws, those that have not begun are left out, and the
// caller gets the first exception once the others have returned.
using ParallelFor = std::function<void(std::size_t count, const std::function<void(std::size_t)>& job)>;

// Bytes below which a second thread costs more than it saves.
inline constexpr std::size_t worth_spreading = std::size_t{256} << 10U;

inline void one_after_another(std::size_t count, const std::function<void(std::size_t)>& job) {
    for (std::size_t i = 0; i < count; ++i) job(i);
}

} // namespace cp::imaging

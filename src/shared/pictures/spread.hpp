// ParallelFor over threads that exist anyway (a pool) or for the occasion. The caller works, too, and goes on
// as soon as everything is done: helpers that are busy elsewhere are not waited for, so tasks of one pool may
// spread over it without locking each other out. What a job throws, on whatever thread, the caller gets.
#pragma once

#include "imaging/parallel_for.hpp"

#include <functional>

namespace cp::pictures {

// `post` runs what it is given on some thread, sooner or later, or never. Copies are safe from any thread.
[[nodiscard]] imaging::ParallelFor spread_by(std::function<void(std::function<void()>)> post,
                                             unsigned helpers);

// Over as many threads as the machine has cores, started for each call.
[[nodiscard]] imaging::ParallelFor spread_over_cores();

} // namespace cp::pictures

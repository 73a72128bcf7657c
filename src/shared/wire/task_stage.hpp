// What became of a task in the word that people and programs read: the HTTP API, metrics.
#pragma once

#include "wire/messages.hpp"

#include <string_view>

namespace cp::wire {

[[nodiscard]] constexpr std::string_view to_text(TaskStage stage) {
    switch (stage) {
    case TaskStage::unknown: return "unknown";
    case TaskStage::receiving: return "receiving";
    case TaskStage::held: return "held";
    case TaskStage::running: return "running";
    case TaskStage::done: return "done";
    case TaskStage::failed: return "failed";
    case TaskStage::finished: return "finished";
    case TaskStage::lost: return "lost";
    }
    return "unknown";
}

} // namespace cp::wire

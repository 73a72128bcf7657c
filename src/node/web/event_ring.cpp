#include "web/event_ring.hpp"

namespace cp::web {

void EventRing::push(std::string name, std::string data) {
    events_.push_back({next_++, std::move(name), std::move(data)});
    if (events_.size() > most_) events_.pop_front();
}

std::optional<std::vector<Event>> EventRing::after(std::uint64_t last) const {
    const std::uint64_t oldest = next_ - events_.size();
    if (last + 1 < oldest || last >= next_) return std::nullopt;
    const auto skip = static_cast<std::ptrdiff_t>(last + 1 - oldest);
    return std::vector<Event>(events_.begin() + skip, events_.end());
}

std::string sse_text(const Event& event) {
    return "id: " + std::to_string(event.id) + "\nevent: " + event.name + "\ndata: " + event.data + "\n\n";
}

} // namespace cp::web

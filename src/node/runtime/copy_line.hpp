// Copies of one object of the store that wait for their turn: the first is under way, the others follow in
// the order in which they were written. Of those for the same destination only the newest is kept, at its own
// place: at the place of an older one it would overtake what was written between them. So the line is never
// longer than there are destinations. Not thread-safe.
#pragma once

#include "base/ids.hpp"
#include "base/payload.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <iterator>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace cp::node {

struct StoreCopy {
    // Who has it when the sending has ended.
    using Delivered = std::function<void(std::span<const NodeId>)>;

    Payload object;
    std::optional<NodeId> to;         // none: all
    std::vector<Delivered> delivered; // also of the older ones in whose place this is sent
};

class CopyLine {
public:
    // True: it is the first, and may be sent now.
    bool add(StoreCopy copy) {
        const auto first = copies_.empty() ? copies_.end() : std::next(copies_.begin());
        const auto older =
            std::find_if(first, copies_.end(), [&](const StoreCopy& c) { return c.to == copy.to; });
        if (older != copies_.end()) {
            std::ranges::move(older->delivered, std::back_inserter(copy.delivered));
            copies_.erase(older);
        }
        copies_.push_back(std::move(copy));
        return copies_.size() == 1;
    }
    [[nodiscard]] bool empty() const { return copies_.empty(); }
    [[nodiscard]] const StoreCopy& front() const { return copies_.front(); }
    [[nodiscard]] StoreCopy take() { // the first: it was sent
        StoreCopy copy = std::move(copies_.front());
        copies_.pop_front();
        return copy;
    }

private:
    std::deque<StoreCopy> copies_;
};

} // namespace cp::node

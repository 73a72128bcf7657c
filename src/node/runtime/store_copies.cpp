#include "node_app/store_copies.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace cp::node {

namespace asio = boost::asio;

void StoreCopies::send(const wire::StoredHeader& header, ByteView body, std::optional<NodeId> to,
                       Delivered delivered) {
    Copy copy{wire::make_object(wire::object_prefix(header), body), to, std::move(delivered)};
    asio::post(io_, [this, key = header.key, copy = std::move(copy)]() mutable {
        if (open_) return line_up(key, std::move(copy));
        if (copy.delivered) copy.delivered({});
    });
}

void StoreCopies::line_up(const std::string& key, Copy copy) {
    if (key.empty()) { // no object: a question or a list
        driver_.call(
            [&](TimePoint now, wire::Outbox& out) { core_.replicate(now, copy.object, copy.to, out); });
        return;
    }
    auto& line = copies_[key];
    if (!line.empty()) {
        const auto waiting =
            std::find_if(std::next(line.begin()), line.end(), [&](const Copy& c) { return c.to == copy.to; });
        if (waiting != line.end()) {
            const Delivered replaced = std::exchange(waiting->delivered, std::move(copy.delivered));
            waiting->object = std::move(copy.object);
            if (replaced) replaced({});
            return;
        }
    }
    line.push_back(std::move(copy));
    if (line.size() == 1) begin(key);
}

void StoreCopies::begin(const std::string& key) {
    const Copy& copy = copies_.at(key).front();
    driver_.call([&](TimePoint now, wire::Outbox& out) {
        under_way_[core_.replicate(now, copy.object, copy.to, out)] = key;
    });
}

void StoreCopies::on_delivered(const StoredDelivery& delivery) {
    const auto ended = under_way_.extract(delivery.number);
    if (!ended) return;
    const std::string& key = ended.mapped();
    const auto line = copies_.find(key);
    const Copy copy = std::move(line->second.front());
    line->second.pop_front();
    if (line->second.empty())
        copies_.erase(line);
    else // not within the core's events
        asio::post(io_, [this, key] {
            if (open_) begin(key);
        });
    if (copy.delivered) copy.delivered(delivery.complete);
}

void StoreCopies::close() {
    open_ = false;
    under_way_.clear();
    for (const auto& [key, line] : std::exchange(copies_, {}))
        for (const Copy& copy : line)
            if (copy.delivered) copy.delivered({});
}

} // namespace cp::node

#include "node_app/store_copies.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace cp::node {

namespace asio = boost::asio;

namespace {

void tell(const std::vector<StoreCopy::Delivered>& waiting, std::span<const NodeId> complete) {
    for (const auto& delivered : waiting) delivered(complete);
}

} // namespace

void StoreCopies::send(const wire::StoredHeader& header, ByteView body, std::optional<NodeId> to,
                       Delivered delivered) {
    StoreCopy copy{wire::make_object(wire::object_prefix(header), body), to, {}};
    if (delivered) copy.delivered.push_back(std::move(delivered));
    asio::post(io_, [this, key = header.key, copy = std::move(copy)]() mutable {
        if (open_) return line_up(key, std::move(copy));
        tell(copy.delivered, {});
    });
}

void StoreCopies::line_up(const std::string& key, StoreCopy copy) {
    if (!key.empty()) {
        if (lines_[key].add(std::move(copy))) begin(key);
        return;
    }
    driver_.call([&](TimePoint now, wire::Outbox& out) { // no object: a question or a list
        keyless_[core_.replicate(now, copy.object, copy.to, out)] = std::move(copy.delivered);
    });
}

void StoreCopies::begin(const std::string& key) {
    const StoreCopy& copy = lines_.at(key).front();
    driver_.call([&](TimePoint now, wire::Outbox& out) {
        under_way_[core_.replicate(now, copy.object, copy.to, out)] = key;
    });
}

void StoreCopies::on_delivered(const StoredDelivery& delivery) {
    if (const auto question = keyless_.extract(delivery.number))
        return tell(question.mapped(), delivery.complete);
    const auto ended = under_way_.extract(delivery.number);
    if (!ended) return;
    const std::string& key = ended.mapped();
    const auto line = lines_.find(key);
    const StoreCopy copy = line->second.take();
    if (line->second.empty())
        lines_.erase(line);
    else // not within the core's events
        asio::post(io_, [this, key] {
            if (open_) begin(key);
        });
    tell(copy.delivered, delivery.complete);
}

void StoreCopies::close() {
    open_ = false;
    under_way_.clear();
    for (const auto& [number, waiting] : std::exchange(keyless_, {})) tell(waiting, {});
    for (auto& [key, line] : std::exchange(lines_, {}))
        while (!line.empty()) tell(line.take().delivered, {});
}

} // namespace cp::node

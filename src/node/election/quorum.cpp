#include "election/quorum.hpp"

#include "base/check.hpp"
#include "wire/limits.hpp"

#include <algorithm>

namespace cp::election {
namespace {

template <class M>
bool is(const wire::Outgoing& item) {
    return std::holds_alternative<M>(item.message);
}

bool same_life(const Epoch& a, const Epoch& b) {
    return a.leader == b.leader && a.incarnation == b.incarnation;
}

} // namespace

Quorum::Quorum(const QuorumConfig& config, TimePoint now)
    : config_{config}, promise_{.to = {}, .number = 0, .until = on() ? now + config.failure_timeout : now} {
    CP_CHECK(config.failure_timeout > Duration::zero());
}

// --- of a leader

void Quorum::began(const Epoch& epoch) {
    if (leading_ == epoch) return;
    leading_ = epoch;
    granted_.clear();
}

void Quorum::ended() {
    leading_.reset();
    granted_.clear();
    asked_.fill({});
}

void Quorum::on_sent(TimePoint now, const wire::Outgoing& item) {
    if (!on() || item.lane != wire::Lane::control || item.number <= last_) return;
    last_ = item.number;
    if (is<wire::HandOver>(item)) {
        granted_.clear();
        asked_.fill({});
    } else if (is<wire::Coordinator>(item) || is<wire::Heartbeat>(item)) {
        asked_[next_] = {item.number, now};
        next_ = (next_ + 1) % asked_.size();
    }
}

void Quorum::on_grant(NodeId from, const wire::Grant& grant) {
    if (!leading_ || grant.epoch != *leading_ || from == leading_->leader || grant.number == 0) return;
    const auto asked = std::ranges::find(asked_, grant.number, &Asked::number);
    if (asked == asked_.end()) return;
    const auto known = std::ranges::find(granted_, from, &Granted::by);
    if (known != granted_.end()) {
        known->asked_at = std::max(known->asked_at, asked->at);
    } else if (granted_.size() < limits::members_max) {
        granted_.push_back({from, asked->at});
    }
}

// The lease of the n-1 freshest ends with the oldest of them.
TimePoint Quorum::expiry() const {
    if (!on()) return never;
    const std::size_t others = config_.n - 1;
    if (granted_.size() < others) return TimePoint::min();
    std::vector<TimePoint> asked;
    for (const Granted& g : granted_) asked.push_back(g.asked_at);
    const auto oldest = asked.begin() + static_cast<std::ptrdiff_t>(others - 1);
    std::ranges::nth_element(asked, oldest, std::ranges::greater{});
    return *oldest + lease();
}

// --- of a follower

std::optional<wire::Grant> Quorum::grant(TimePoint now, const Epoch& to, std::uint64_t number) {
    if (!on() || leading_) return std::nullopt;
    const bool renewed = same_life(to, promise_.to) && to >= promise_.to;
    if (!renewed && now < promise_.until) return std::nullopt;
    if (!renewed) promise_ = {};
    promise_ = {to, std::max(number, promise_.number), now + config_.failure_timeout};
    return wire::Grant{to, number};
}

void Quorum::release(NodeId leader) {
    if (promise_.to.leader == leader && leader) promise_ = {};
}

// What it acknowledged after the offer binds again: the leader goes on when nobody takes it.
void Quorum::on_hand_over(NodeId leader, std::uint64_t number) {
    if (number > promise_.number) release(leader);
}

} // namespace cp::election

#include "users/registration.hpp"

#include <thread>
#include <vector>

namespace cp::users {
namespace {

using std::chrono::steady_clock;
using store::PutIf;

constexpr std::size_t epoch_digits = 20; // of 2^64 - 1: the order of texts is that of numbers

Failure try_again(std::string_view user) {
    return {errc::busy, "the store is too slow to register '" + std::string{user} + "' safely: try again"};
}

Outcome<std::string> smallest(store::ObjectStore& store, const std::string& prefix) {
    const auto claims = store.list(prefix, {});
    if (!claims) return claims.error();
    return claims->empty() ? std::string{} : claims->front().key;
}

// Our claim's key, or "" when there are claims already. busy: it came too late, and is withdrawn.
Outcome<std::string> stake(store::ObjectStore& store, const web::Profile& fresh, std::uint64_t epoch,
                           const ClaimTiming& timing) {
    const auto start = timing.now();
    const auto first = smallest(store, claims_prefix(fresh.username));
    if (!first) return first.error();
    if (!first->empty()) return std::string{};
    const std::string key = claim_key(fresh.username, epoch, fresh.id);
    const auto put = store.put(key, as_bytes(web::to_json(fresh)), PutIf::any);
    if (put && timing.now() - start <= timing.settle) return key;
    const auto withdrawn = store.del(key); // also after an error: it may be there
    if (!put) return put.error();
    if (!withdrawn) return withdrawn.error();
    return try_again(fresh.username);
}

ClaimTiming with_clock(ClaimTiming timing) {
    if (!timing.now) timing.now = [] { return steady_clock::now(); };
    if (!timing.sleep)
        timing.sleep = [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); };
    return timing;
}

} // namespace

Registration registration_of(const store::Caps& caps, bool one_leader) {
    if (caps.create_only) return Registration::creation;
    if (caps.consistent_list) return Registration::claims;
    return one_leader ? Registration::leader : Registration::none;
}

std::string_view sentence(Registration way) {
    switch (way) {
    case Registration::creation: return "by a put that only creates";
    case Registration::claims: return "by claims: the store has no put that only creates";
    case Registration::leader:
        return "by the leader alone (--quorum): the store has neither a put that only creates nor listings "
               "that are up to date";
    case Registration::none:
        return "refused: the store has neither a put that only creates nor listings that are up to date; "
               "start all nodes with --quorum N";
    }
    return {};
}

std::string claims_prefix(std::string_view user) { return "users/" + std::string{user} + "/claims/"; }

std::string claim_key(std::string_view user, std::uint64_t epoch, std::string_view uuid) {
    std::string digits = std::to_string(epoch);
    digits.insert(0, epoch_digits - digits.size(), '0');
    return claims_prefix(user) + digits + '-' + std::string{uuid};
}

Outcome<web::Profile> claim(store::ObjectStore& store, const web::Profile& fresh, std::uint64_t epoch,
                            const ClaimTiming& given) {
    const ClaimTiming timing = with_clock(given);
    const auto ours = stake(store, fresh, epoch, timing);
    if (!ours) return ours.error();
    timing.sleep(timing.settle);
    const auto winner = smallest(store, claims_prefix(fresh.username));
    if (!winner) return winner.error();
    if (winner->empty()) return try_again(fresh.username); // withdrawn meanwhile
    if (*winner == *ours) return fresh;
    if (!ours->empty()) {
        if (auto gone = store.del(*ours); !gone) return gone.error();
    }
    const auto bytes = store.get(*winner);
    if (!bytes && bytes.error().code == errc::not_found) return try_again(fresh.username);
    if (!bytes) return bytes.error();
    return web::read_profile(as_text(bytes->view()));
}

} // namespace cp::users

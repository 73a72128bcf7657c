// How a user gets one id, whatever a store can do, with several nodes at once. Which of the ways a store
// allows follows from its caps():
//   creation   a put that only creates: the first wins
//   claims     a listing that is up to date: everybody writes a claim, and the smallest one wins
//   leader     neither: right only while no two nodes lead, which a quorum guarantees
//   none       neither, and no quorum: refused
//
// Claims. Names cannot be agreed on with reads and writes alone (Herlihy 1991), so time decides: who sees no
// claim writes one, within `settle` of having looked, or withdraws it; and everybody decides `settle` later,
// when whoever saw none has written. From then on the smallest claim stays the smallest, since who sees one
// writes none. A put that a network delivers later than `settle` after it was given up could break this.
#pragma once

#include "store/object_store.hpp"
#include "web/bodies.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace cp::users {

enum class Registration { creation, claims, leader, none };
[[nodiscard]] Registration registration_of(const store::Caps&, bool one_leader);
// "by claims: the store has no put that only creates"; of `none` also what to do.
[[nodiscard]] std::string_view sentence(Registration);

// "users/alice/claims/00000000000000000007-<uuid>": sorts by epoch, then uuid.
[[nodiscard]] std::string claims_prefix(std::string_view user);
[[nodiscard]] std::string claim_key(std::string_view user, std::uint64_t epoch, std::string_view uuid);

struct ClaimTiming {
    std::chrono::milliseconds settle{500};
    std::function<std::chrono::steady_clock::time_point()> now; // empty: the real ones
    std::function<void(std::chrono::milliseconds)> sleep;
};

// The profile that won, for good; `fresh` unless somebody else's claim is smaller. A lost claim is deleted.
// Blocks for `settle`. errc::busy: too slow to be sure; try again.
[[nodiscard]] Outcome<web::Profile> claim(store::ObjectStore&, const web::Profile& fresh, std::uint64_t epoch,
                                          const ClaimTiming&);

} // namespace cp::users

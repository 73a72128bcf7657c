#include "node_app/check_store.hpp"

#include "files/entropy.hpp"
#include "store/object_store.hpp"
#include "users/registration.hpp"

#include <algorithm>
#include <array>

namespace cp::node {
namespace {

template <class T>
bool step(std::ostream& out, std::string_view name, const Outcome<T>& result) {
    out << (result ? "ok    " : "fail  ") << name;
    if (!result) out << ": " << result.error().line;
    out << '\n';
    return result.has_value();
}

std::string_view yes_or_no(bool value) { return value ? "yes" : "no"; }

} // namespace

int check_store(const Config& config, const Environment& environment, std::ostream& out) {
    const auto opened = store::open_store(config.storage.store, environment);
    if (!step(out, "open " + config.storage.store, opened)) return 1;
    store::ObjectStore& store = **opened;
    std::array<std::byte, 8> random{};
    fill_random(random);
    const std::string key = "check-store-" + to_hex(random);

    if (!step(out, "put", store.put(key, random, store::PutIf::absent))) return 1;
    const auto again = store.put(key, random, store::PutIf::absent);
    const bool refused = !again && again.error().code == errc::exists;
    out << (refused ? "ok    " : "fail  ") << "put again is refused\n";
    const auto got = store.get(key);
    const bool read = step(out, "get", got) && std::ranges::equal(got->view(), random);
    const auto listed = store.list(key, {});
    const store::Caps caps = store.caps();
    // Where a listing may be late, that is no failure.
    const bool seen = step(out, "list", listed) && (listed->size() == 1 || !caps.consistent_list);
    const auto seen_as = store.head(key);
    const auto replaced = seen_as ? store.put(key, random, store::PutIf::unchanged(seen_as->etag))
                                  : Outcome<void>{seen_as.error()};
    const bool changed = step(out, "replace what has not changed", replaced);
    const bool gone = step(out, "delete", store.del(key));
    out << "info  only creates: " << yes_or_no(caps.create_only)
        << ", only replaces: " << yes_or_no(caps.replace_only)
        << ", lists at once: " << yes_or_no(caps.consistent_list) << '\n';
    const auto way = users::registration_of(caps, config.election.quorum > 0);
    out << (way == users::Registration::none ? "warn" : "info") << "  registration: " << users::sentence(way)
        << '\n';
    return refused && read && seen && changed && gone ? 0 : 1;
}

} // namespace cp::node

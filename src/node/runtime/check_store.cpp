#include "node_app/check_store.hpp"

#include "files/entropy.hpp"
#include "store/object_store.hpp"

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

} // namespace

int check_store(const StorageSection& section, std::ostream& out) {
    const auto store = store::open_store(section.store);
    if (!step(out, "open " + section.store, store)) return 1;
    std::array<std::byte, 8> random{};
    fill_random(random);
    const std::string key = "check-store-" + to_hex(random);

    if (!step(out, "put", (*store)->put(key, random, store::PutIf::absent))) return 1;
    const auto again = (*store)->put(key, random, store::PutIf::absent);
    const bool create_only = !again && again.error().code == errc::exists;
    out << (create_only ? "ok    " : "fail  ") << "put again is refused\n";
    const auto got = (*store)->get(key);
    const bool read = step(out, "get", got) && std::ranges::equal(got->view(), random);
    const auto listed = (*store)->list(key, {});
    const bool seen = step(out, "list", listed) && listed->size() == 1;
    // Only said: registration takes another way where an engine cannot (users/directory.hpp).
    const auto seen_as = (*store)->head(key);
    const auto replaced = seen_as ? (*store)->put(key, random, store::PutIf::unchanged(seen_as->etag))
                                  : Outcome<void>{seen_as.error()};
    (void)step(out, "replace what has not changed", replaced);
    const bool gone = step(out, "delete", (*store)->del(key));
    return create_only && read && seen && gone ? 0 : 1;
}

} // namespace cp::node

#include "users/directory.hpp"

#include "base/ids.hpp"
#include "web/names.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <tuple>

namespace cp::users {
namespace {

using store::PutIf;
using web::Profile;

constexpr std::string_view root = "users/";

std::string profile_key(std::string_view user) {
    return std::string{root} + std::string{user} + "/profile.json";
}
std::string images_prefix(std::string_view user) {
    return std::string{root} + std::string{user} + "/images/";
}
std::string image_key(std::string_view user, std::string_view file) {
    return images_prefix(user) + std::string{file};
}

Outcome<Profile> read(store::ObjectStore& store, std::string_view key) {
    const auto bytes = store.get(key);
    if (!bytes) return bytes.error();
    return web::read_profile(as_text(bytes->view()));
}

// All pages of a listing; `next` says where the following page begins.
template <class Item, class Page, class Next>
Outcome<std::vector<Item>> all_pages(Page page, Next next) {
    std::vector<Item> all;
    for (std::string after;;) {
        auto items = page(after);
        if (!items) return items.error();
        if (items->empty()) return all;
        after = next(items->back());
        std::ranges::move(*items, std::back_inserter(all));
    }
}

} // namespace

// One registration of a name at a time within this process.
class Directory::Turn {
public:
    Turn(Directory& directory, const std::string& name) : directory_{directory}, name_{name} {
        std::unique_lock locked{directory_.mutex_};
        directory_.turn_over_.wait(locked, [&] { return directory_.registering_.insert(name_).second; });
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
        {
            const std::scoped_lock locked{directory_.mutex_};
            directory_.registering_.erase(name_);
        }
        directory_.turn_over_.notify_all();
    }

private:
    Directory& directory_;
    const std::string& name_;
};

Outcome<Profile> Directory::register_user(const Profile& fresh, std::uint64_t epoch) {
    if (registration() == Registration::creation) return create(fresh);
    const Turn turn{*this, fresh.username};
    return take_turn(fresh, epoch);
}

Outcome<Profile> Directory::create(const Profile& fresh) {
    const std::string key = profile_key(fresh.username);
    const auto put = store_.put(key, as_bytes(web::to_json(fresh)), PutIf::absent);
    if (put) return fresh;
    if (put.error().code != errc::exists) return put.error();
    return move(key, fresh);
}

Outcome<Profile> Directory::take_turn(const Profile& fresh, std::uint64_t epoch) {
    const std::string key = profile_key(fresh.username);
    const auto known = store_.head(key);
    if (known) return move(key, fresh);
    if (known.error().code != errc::not_found) return known.error();
    const Registration way = registration();
    if (way == Registration::none)
        return Failure{errc::bad_config, "registration is " + std::string{sentence(way)}};
    auto winner =
        way == Registration::claims ? claim(store_, fresh, epoch, options_.claims) : Outcome<Profile>{fresh};
    if (!winner) return winner.error();
    // Whoever decides writes the same: the profile is a copy of the claim that won.
    const auto put = store_.put(key, as_bytes(web::to_json(*winner)), PutIf::any);
    if (!put) return put.error();
    return winner->addr == fresh.addr ? winner : move(key, fresh);
}

// Somebody registered earlier: only the address is news. Another node may say the same at the same time.
Outcome<Profile> Directory::move(std::string_view key, Profile wanted) {
    constexpr int tries = 16;
    for (int i = 0; i < tries; ++i) {
        const auto info = store_.head(key);
        if (!info) return info.error();
        auto kept = read(store_, key);
        if (!kept) return kept.error();
        if (kept->addr == wanted.addr) return kept;
        kept->addr = wanted.addr;
        const auto put = store_.put(key, as_bytes(web::to_json(*kept)), PutIf::unchanged(info->etag));
        if (put) return kept;
        if (put.error().code != errc::conflict) return put.error();
    }
    return Failure{errc::busy, "too many registrations of '" + wanted.username + "' at once: try again"};
}

Outcome<std::vector<Profile>> Directory::users() {
    const auto names =
        all_pages<std::string>([&](const std::string& after) { return store_.list_folders(root, after); },
                               [](const std::string& name) { return name; });
    if (!names) return names.error();
    std::vector<Profile> out;
    for (const std::string& name : *names)
        if (auto profile = read(store_, profile_key(name))) out.push_back(std::move(*profile));
    return out;
}

Outcome<bool> Directory::registered(std::string_view user) {
    const auto info = store_.head(profile_key(user));
    if (info) return true;
    if (info.error().code == errc::not_found) return false;
    return info.error();
}

Outcome<std::vector<std::string>> Directory::images(std::string_view user) {
    const std::string prefix = images_prefix(user);
    auto objects =
        all_pages<store::ObjectInfo>([&](const std::string& after) { return store_.list(prefix, after); },
                                     [](const store::ObjectInfo& info) { return info.key; });
    if (!objects) return objects.error();
    std::vector<std::tuple<std::uint64_t, std::string>> dated;
    for (const auto& info : *objects) {
        std::string name = info.key.substr(prefix.size());
        if (!web::is_image_name(name)) continue; // somebody else's file
        const auto modified = static_cast<std::uint64_t>(std::max<std::int64_t>(0, info.modified_unix_s));
        dated.emplace_back(web::image_time(name).value_or(modified), std::move(name));
    }
    std::ranges::sort(dated);
    std::vector<std::string> out;
    for (auto& [time, name] : dated) out.push_back(std::move(name));
    return out;
}

Outcome<void> Directory::add_image(std::string_view user, std::string_view file, ByteView bytes) {
    return store_.put(image_key(user, file), bytes, PutIf::absent);
}

Outcome<void> Directory::put_image(std::string_view user, std::string_view file, ByteView bytes) {
    return store_.put(image_key(user, file), bytes, PutIf::any);
}

Outcome<Payload> Directory::image(std::string_view user, std::string_view file) {
    return store_.get(image_key(user, file));
}

std::string uuid_text(std::array<std::byte, 16> random) {
    random[6] = (random[6] & std::byte{0x0f}) | std::byte{0x40};
    random[8] = (random[8] & std::byte{0x3f}) | std::byte{0x80};
    std::string text = to_hex(random);
    for (std::size_t at : {20U, 16U, 12U, 8U}) text.insert(at, 1, '-');
    return text;
}

std::string utc_text(std::uint64_t unix_seconds) {
    using namespace std::chrono;
    const sys_seconds time{seconds{unix_seconds}};
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{time - day};
    const auto two = [](auto number) {
        const std::string digits = std::to_string(number);
        return digits.size() < 2 ? "0" + digits : digits;
    };
    return std::to_string(static_cast<int>(date.year())) + '-' + two(static_cast<unsigned>(date.month())) +
           '-' + two(static_cast<unsigned>(date.day())) + 'T' + two(clock.hours().count()) + ':' +
           two(clock.minutes().count()) + ':' + two(clock.seconds().count()) + 'Z';
}

} // namespace cp::users

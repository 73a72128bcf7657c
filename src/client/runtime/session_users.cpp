// Session, the commands that use the nodes' HTTP API: users, who is online, images.
#include "base/utf8.hpp"
#include "client_app/command_outcome.hpp"
#include "client_app/session.hpp"
#include "client_core/output_name.hpp"
#include "files/files.hpp"
#include "imaging/image_probe.hpp"
#include "net/clock.hpp"
#include "repl/listing.hpp"

#include <algorithm>
#include <filesystem>

namespace cp::client {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t image_file_max = std::uint64_t{64} << 20U;

bool is_word(std::string_view text, std::size_t most) {
    return !text.empty() && text.size() <= most && text != "." && text != ".." &&
           text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
               std::string_view::npos;
}

Failure no_user(std::string_view name) {
    return {errc::usage, "'" + printable(name) +
                             "' cannot be a user of the HTTP API: 1 to 64 letters, digits, '.', '_' or '-'"};
}

} // namespace

std::vector<std::string> Session::api_addresses(Link& link) {
    const auto view = link.view();
    std::vector<std::string> out;
    for (const auto& seen : view.members) {
        if (seen.member.api.empty()) continue;
        const bool leads = seen.member.node == view.leader.node;
        out.insert(leads ? out.begin() : out.end(), seen.member.api);
    }
    return out;
}

// For the commands: they wait with the timeout of the session, and Ctrl-C ends the wait. What else the link
// tells is about uploads, of which there are none now.
ApiPlace Session::api_place(Link& link) {
    ApiPlace place;
    place.token = options_.token;
    place.ca = options_.config.client.ca;
    place.addresses = [&link] { return api_addresses(link); };
    place.go_on = [this, &link] {
        while (const auto item = link.next(net::now())) note_interrupt(*item);
        return !interrupted_ && net::now() < give_up_at();
    };
    place.wait = [this, &link, go_on = place.go_on] {
        if (const auto item = link.next(std::min(give_up_at(), net::now() + 100ms))) note_interrupt(*item);
        return go_on();
    };
    return place;
}

void Session::keep_online(Link& link) {
    if (heartbeats_ || !is_word(options_.user, 64)) return;
    ApiPlace place;
    place.token = options_.token;
    place.ca = options_.config.client.ca;
    place.addresses = [&link] { return api_addresses(link); };
    heartbeats_ = std::make_unique<Heartbeats>(options_.user, std::move(place));
}

// Finds the cluster, then `call`s; prints what it returns (a Listing) or why there is nothing.
template <class Call>
ExitCode Session::with_api(std::string_view command, Call call) {
    const Work work{std::string{command}};
    CommandResult failed = result_of(work);
    if (!is_word(options_.user, 64)) return finish(fail(failed, no_user(options_.user)));
    const auto link = open_link_();
    if (!link) return finish(fail(failed, link.error()));
    const Wait waited = wait_for_leader(work, **link);
    if (waited == Wait::interrupted) return finish(fail(failed, {errc::cancelled, "interrupted"}));
    if (waited == Wait::timed_out) return finish(fail(failed, timed_out((*link)->view(), timeout_, false)));
    UsersApi api{api_place(**link)};
    const Outcome<Listing> listing = call(api, **link);
    if (!listing && interrupted_) return finish(fail(failed, {errc::cancelled, "interrupted"}));
    if (!listing) return finish(fail(failed, listing.error()));
    printer_.listing(*listing);
    return ExitCode::done;
}

ExitCode Session::on(const Register& c) {
    return with_api("register", [&](UsersApi& api, Link& link) -> Outcome<Listing> {
        const std::string addr = c.addr.empty() ? link.network().local : c.addr;
        const auto id = api.register_user(options_.user, addr);
        if (!id) return id.error();
        if (heartbeats_) heartbeats_->registered(addr);
        return registered_listing(options_.user, addr, *id);
    });
}

ExitCode Session::on(const cp::client::Online&) {
    return with_api("online", [](UsersApi& api, Link&) -> Outcome<Listing> {
        const auto users = api.online();
        if (!users) return users.error();
        std::vector<UserLine> lines;
        for (const auto& user : *users) lines.push_back({user.username, user.addr, {}, {}});
        return online_listing(lines);
    });
}

ExitCode Session::on(const Users&) {
    return with_api("users", [](UsersApi& api, Link&) -> Outcome<Listing> {
        const auto users = api.users();
        if (!users) return users.error();
        std::vector<UserLine> lines;
        for (const auto& user : *users)
            lines.push_back({user.username, user.addr, user.id, user.registered_at});
        return users_listing(lines);
    });
}

ExitCode Session::on(const Gallery& c) {
    return with_api("gallery", [&](UsersApi& api, Link&) -> Outcome<Listing> {
        const std::string user = c.user.empty() ? options_.user : c.user;
        if (!is_word(user, 64)) return no_user(user);
        const auto images = api.images(user);
        if (!images) return images.error();
        return gallery_listing(user, *images);
    });
}

ExitCode Session::on(const Get& c) {
    return with_api("get", [&](UsersApi& api, Link&) -> Outcome<Listing> {
        const std::size_t slash = c.name.find('/');
        const std::string user = slash == std::string::npos ? options_.user : c.name.substr(0, slash);
        const std::string name = slash == std::string::npos ? c.name : c.name.substr(slash + 1);
        if (!is_word(user, 64) || !is_word(name, 128) || name.front() == '.')
            return Failure{errc::not_found, "'" + printable(c.name) + "': no such image"};
        const auto image = api.image(user, name);
        if (!image) return image.error();
        const std::filesystem::path folder = options_.config.client.images_dir;
        if (const auto made = make_folders(folder); !made) return made.error();
        const auto saved =
            create_first_free([&](unsigned n) { return folder / numbered_name(name, n); }, as_bytes(*image));
        if (!saved) return saved.error();
        return saved_listing(saved->string(), image->size());
    });
}

ExitCode Session::on(const Put& c) {
    return with_api("put", [&](UsersApi& api, Link&) -> Outcome<Listing> {
        const auto bytes = read_file(c.path, image_file_max);
        if (!bytes) return bytes.error();
        if (!imaging::probe(bytes->view())) return Failure{errc::not_an_image, c.path + ": not an image"};
        const auto name = api.upload(options_.user, bytes->view());
        if (!name) return name.error();
        return stored_listing(c.path, *name, bytes->size());
    });
}

} // namespace cp::client

#include "repl/listing.hpp"

#include "base/utf8.hpp"
#include "repl/units.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace cp::client {
namespace {

namespace json = boost::json;

json::object result(std::string_view command) {
    return {{"event", "result"}, {"command", command}, {"ok", true}};
}

// Names padded to one width, then the address.
std::string two_columns(const std::vector<UserLine>& users) {
    std::size_t width = 0;
    for (const UserLine& user : users) width = std::max(width, user.username.size());
    std::string text;
    for (const UserLine& user : users)
        text += "  " + printable(user.username) + std::string(width - user.username.size() + 2, ' ') +
                printable(user.addr) + '\n';
    return text;
}

} // namespace

Listing registered_listing(std::string_view user, std::string_view addr, std::string_view id) {
    json::object object = result("register");
    object["username"] = user;
    object["addr"] = addr;
    object["user_id"] = id;
    return {"✓ User '" + printable(user) + "' registered at " + printable(addr) + " (id " + printable(id) +
                ")\n",
            json::serialize(object)};
}

Listing online_listing(const std::vector<UserLine>& users) {
    json::array list;
    for (const UserLine& user : users)
        list.push_back(json::object{{"username", user.username}, {"addr", user.addr}});
    json::object object{{"event", "online"}, {"online_clients", std::move(list)}, {"count", users.size()}};
    const std::string heading =
        users.empty() ? "Nobody is online" : counted(users.size(), "user") + " online:";
    return {heading + '\n' + two_columns(users), json::serialize(object)};
}

Listing users_listing(const std::vector<UserLine>& users) {
    json::array list;
    for (const UserLine& user : users)
        list.push_back(json::object{{"id", user.id},
                                    {"username", user.username},
                                    {"addr", user.addr},
                                    {"registered_at", user.registered_at}});
    json::object object{{"event", "users"}, {"users", std::move(list)}, {"count", users.size()}};
    const std::string heading =
        users.empty() ? "Nobody is registered" : counted(users.size(), "user") + " registered:";
    return {heading + '\n' + two_columns(users), json::serialize(object)};
}

Listing gallery_listing(std::string_view user, const std::vector<std::string>& images) {
    json::array list(images.begin(), images.end());
    json::object object{
        {"event", "gallery"}, {"username", user}, {"images", std::move(list)}, {"count", images.size()}};
    std::string text =
        counted(images.size(), "image") + " of " + printable(user) + (images.empty() ? "\n" : ":\n");
    for (const std::string& image : images) text += "  " + printable(image) + '\n';
    return {std::move(text), json::serialize(object)};
}

Listing saved_listing(std::string_view file, std::uint64_t bytes) {
    json::object object = result("get");
    object["file"] = valid_utf8(file);
    object["bytes"] = bytes;
    return {"Image saved to: " + printable(file) + '\n', json::serialize(object)};
}

Listing stored_listing(std::string_view path, std::string_view name, std::uint64_t bytes) {
    json::object object = result("put");
    object["path"] = valid_utf8(path);
    object["filename"] = name;
    object["bytes"] = bytes;
    return {"✓ Stored as " + printable(name) + '\n', json::serialize(object)};
}

} // namespace cp::client

#include "support/print.hpp"
#include "web/routes.hpp"
#include "web/target.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace cp;
using namespace cp::web;

namespace {

using Words = std::vector<std::string>;

// The route's pattern, "404", or the methods that are allowed.
std::string matched(Method method, std::string_view text) {
    const auto target = parse_target(text);
    if (!target) return "400";
    const Match result = match(method, *target);
    if (const auto* found = std::get_if<Found>(&result)) return std::string{found->route->pattern};
    if (const auto* wrong = std::get_if<WrongMethod>(&result)) return "405 " + wrong->allow;
    return "404";
}

} // namespace

BOOST_AUTO_TEST_SUITE(targets)

BOOST_AUTO_TEST_CASE(paths_and_queries_are_taken_apart_and_decoded) {
    const auto target = parse_target("/image/alice/a%20b.png?limit=3&x=%41+b&flag&=v");
    BOOST_TEST(target->segments == (Words{"image", "alice", "a b.png"}), boost::test_tools::per_element());
    BOOST_TEST(*target->parameter("limit") == "3");
    BOOST_TEST(*target->parameter("x") == "A b");
    BOOST_TEST(target->parameter("flag")->empty());
    BOOST_TEST(target->parameter("none") == nullptr);
    BOOST_TEST(parse_target("/")->segments.empty());
    BOOST_TEST(parse_target("/?a=1")->segments.empty());
    BOOST_TEST(parse_target("/users/")->segments == (Words{"users", ""}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_could_leave_its_place_is_refused) {
    for (const char* text :
         {"", "users", "http://host/", "*", "/..", "/a/../b", "/%2e%2e/x", "/.", "/a%2fb", "/a%5cb", "/a\\b",
          "/%00", "/%0a", "/%7f", "/%", "/%4", "/%zz", "/?a=%", "/?%0d=1"}) {
        BOOST_TEST(parse_target(text).has_error(), text);
    }
}

BOOST_AUTO_TEST_CASE(length_segments_and_parameters_are_bounded) {
    BOOST_TEST(parse_target("/" + std::string(target_max - 1, 'a')).has_value());
    BOOST_TEST((parse_target("/" + std::string(target_max, 'a')).error() == errc::too_large));
    std::string path;
    for (std::size_t i = 0; i < segments_max; ++i) path += "/a";
    BOOST_TEST(parse_target(path).has_value());
    BOOST_TEST((parse_target(path + "/a").error() == errc::too_large));
    std::string query = "/?a=1";
    for (std::size_t i = 1; i < parameters_max; ++i) query += "&a=1";
    BOOST_TEST(parse_target(query).has_value());
    BOOST_TEST((parse_target(query + "&a=1").error() == errc::too_large));
}

BOOST_AUTO_TEST_CASE(routes_are_found_by_method_and_path) {
    BOOST_TEST(matched(Method::get, "/") == "/");
    BOOST_TEST(matched(Method::post, "/register") == "/register");
    BOOST_TEST(matched(Method::post, "/upload_image/alice") == "/upload_image/{user}");
    BOOST_TEST(matched(Method::get, "/image/alice/a.png?x=1") == "/image/{user}/{file}");
    BOOST_TEST(matched(Method::put, "/api/v1/images/alice/a.png") == "/api/v1/images/{user}/{file}");
}

BOOST_AUTO_TEST_CASE(other_methods_are_told_what_is_allowed_and_other_paths_nothing) {
    BOOST_TEST(matched(Method::get, "/register") == "405 POST");
    BOOST_TEST(matched(Method::other, "/users") == "405 GET, HEAD");
    BOOST_TEST(matched(Method::post, "/") == "405 GET, HEAD");
    for (const char* path :
         {"/users/", "/users/x", "/image/alice", "/images/", "/upload_image//", "/nothing"})
        BOOST_TEST(matched(Method::get, path) == "404", path);
}

BOOST_AUTO_TEST_CASE(no_two_routes_share_method_and_pattern) {
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (const Route& route : routes()) {
        BOOST_TEST(seen.emplace(name(route.method), route.pattern).second, route.pattern);
        BOOST_TEST(route.summary.ends_with('.'), route.pattern);
    }
}

BOOST_AUTO_TEST_SUITE_END()

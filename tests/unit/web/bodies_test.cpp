#include "support/print.hpp"
#include "web/bodies.hpp"
#include "web/multipart.hpp"
#include "web/names.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::web;

BOOST_AUTO_TEST_SUITE(names)

BOOST_AUTO_TEST_CASE(users_images_and_addresses_have_a_strict_form) {
    for (const char* name : {"a", "Alice_1.b-c", "..."}) BOOST_TEST(is_user(name), name);
    for (const char* name : {"", ".", "..", "a/b", "a b", "ä", "a\n", "%61"})
        BOOST_TEST(!is_user(name), name);
    BOOST_TEST(is_user(std::string(64, 'a')));
    BOOST_TEST(!is_user(std::string(65, 'a')));
    for (const char* name : {"1733511234-a1b2c3d4.png", "x"}) BOOST_TEST(is_image_name(name), name);
    for (const char* name : {"", ".hidden", "a/b", "a\r\nb"}) BOOST_TEST(!is_image_name(name), name);
    for (const char* addr : {"10.40.6.26:9000", "host-1.lan:1", "[::1]:65535"})
        BOOST_TEST(is_address(addr), addr);
    for (const char* addr :
         {"", ":1", "host", "host:0", "host:65536", "host:1x", "a b:1", "[::1]", "[x]:1", "h:+1"})
        BOOST_TEST(!is_address(addr), addr);
}

BOOST_AUTO_TEST_CASE(image_names_begin_with_their_time) {
    BOOST_TEST(image_name(1733511234, 0xa1b2c3d4, "png") == "1733511234-a1b2c3d4.png");
    BOOST_TEST(image_time("1733511234-a1b2c3d4.png").value() == 1733511234U);
    for (const char* name : {"portrait.png", "-1.png", "17.png", "99999999999999999999-a.png", ""})
        BOOST_TEST(!image_time(name), name);
    BOOST_TEST(content_type_of("a.jpg") == "image/jpeg");
    BOOST_TEST(content_type_of("a.html") == "application/octet-stream");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(json_bodies)

BOOST_AUTO_TEST_CASE(a_user_with_address_is_read_and_everything_else_refused_in_one_line) {
    const auto user = read_user_at(R"({"username":"alice","addr":"10.40.6.26:9000","more":[1]})");
    BOOST_TEST(user->username == "alice");
    BOOST_TEST(user->addr == "10.40.6.26:9000");
    for (const char* body :
         {"", "{", "[]", "null", "1", R"({"username":"alice"})", R"({"username":1,"addr":"h:1"})",
          R"({"username":"a/b","addr":"h:1"})", R"({"username":"alice","addr":"h"})",
          R"({"username":"alice","addr":"h:1"} x)"}) {
        const auto refused = read_user_at(body);
        BOOST_TEST_REQUIRE(refused.has_error(), body);
        BOOST_TEST((refused.error().code == errc::bad_field), body);
        BOOST_TEST(refused.error().line.find('\n') == std::string::npos);
    }
    BOOST_TEST(read_user_at(std::string(1000, '[')).has_error());
    BOOST_TEST(read_user_at(std::string(json_body_max + 1, ' ')).has_error());
}

BOOST_AUTO_TEST_CASE(a_profile_survives_its_way_through_the_store) {
    const Profile profile{"id", "alice", "h:1", "2026-01-31T12:00:00Z"};
    const auto back = read_profile(to_json(profile));
    BOOST_TEST(back->id == profile.id);
    BOOST_TEST(back->addr == profile.addr);
    BOOST_TEST(back->registered_at == profile.registered_at);
    BOOST_TEST((read_profile("{}").error().code == errc::damaged));
}

BOOST_AUTO_TEST_CASE(answers_have_the_documented_shape) {
    using std::chrono::seconds;
    const std::vector<Online> online{{"alice", "h:1", seconds{1}}, {"bob", "h:2", seconds{2}}};
    BOOST_TEST(discover_json(online, true) ==
               R"({"online_clients":[{"username":"alice","addr":"h:1"},{"username":"bob","addr":"h:2"}],)"
               R"("count":2,"is_leader":true})");
    BOOST_TEST(discover_json({}, true) == R"({"online_clients":[],"count":0,"is_leader":true})");
    BOOST_TEST(
        galleries_json({{online[0], {{"1-a.png", "AAA="}}}, {online[1], {}}}) ==
        R"({"online_clients":[{"username":"alice","addr":"h:1","images":[{"filename":"1-a.png",)"
        R"("data":"AAA="}]},{"username":"bob","addr":"h:2","images":[]}],"count":2,"is_leader":true})");
    BOOST_TEST(images_json({"a", "b"}) == R"({"images":["a","b"],"count":2})");
    BOOST_TEST(users_json({{"id", "alice", "h:1", "t"}}) ==
               R"({"users":[{"id":"id","username":"alice","addr":"h:1","registered_at":"t"}],"count":1})");
    BOOST_TEST(failure_json("no \"x\"\n\xff") == R"({"success":false,"message":"no \"x\"\u000a\ufffd"})");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(multipart)

const std::string type = "multipart/form-data; boundary=XyZ";

BOOST_AUTO_TEST_CASE(the_named_field_is_taken_out_byte_for_byte) {
    const std::string content{"\x89PNG\r\n\0--Xy\r\n--", 15};
    const std::string body = "--XyZ\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n"
                             "--XyZ\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n"
                             "Content-Type: image/png\r\n\r\n" +
                             content + "\r\n--XyZ--\r\n";
    BOOST_TEST(multipart_field(type, body, "image").value() == content);
    BOOST_TEST(multipart_field("multipart/form-data; boundary=\"XyZ\"", body, "note").value() == "hello");
    // Without the last line end, as some programs send it.
    BOOST_TEST(multipart_field(type, body.substr(0, body.size() - 2), "image").value() == content);
    BOOST_TEST(multipart_field(type, body, "other").error().line == "no field 'other' in the form");
}

BOOST_AUTO_TEST_CASE(what_is_no_whole_form_is_refused) {
    const std::string part = "Content-Disposition: form-data; name=\"image\"\r\n\r\nx\r\n";
    for (const std::string& body : std::vector<std::string>{
             std::string{}, std::string{"--XyZ"}, "--XyZ\r\n" + part, "--XyZ--\r\n" + part,
             "--Other\r\n" + part + "--Other--\r\n", "--XyZ\r\nno header\r\n--XyZ--\r\n"})
        BOOST_TEST((multipart_field(type, body, "image").error().code == errc::bad_field), body);
    const std::string whole = "--XyZ\r\n" + part + "--XyZ--\r\n";
    BOOST_TEST(multipart_field(type, whole, "image").value() == "x");
    for (const std::string& other : std::vector<std::string>{
             std::string{}, std::string{"multipart/form-data"}, std::string{"application/json"},
             std::string{"multipart/mixed; boundary=XyZ"},
             "multipart/form-data; boundary=" + std::string(71, 'a')})
        BOOST_TEST(multipart_field(other, whole, "image").has_error(), other);
    std::string many;
    for (int i = 0; i < 17; ++i) many += "--XyZ\r\n" + part;
    BOOST_TEST(multipart_field(type, many + "--XyZ--\r\n", "image").error().line == "too many parts");
}

BOOST_AUTO_TEST_SUITE_END()

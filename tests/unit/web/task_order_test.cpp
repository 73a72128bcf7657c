#include "web/multipart.hpp"
#include "web/task_order.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace cp;
using namespace cp::web;

namespace {

constexpr std::string_view type = "multipart/form-data; boundary=X";

struct Part {
    std::string name;
    std::string content;
    std::string file{};
};

std::string body_of(const std::vector<Part>& parts) {
    std::string out;
    for (const Part& part : parts)
        out += "--X\r\nContent-Disposition: form-data; name=\"" + part.name + '"' +
               (part.file.empty() ? "" : "; filename=\"" + part.file + '"') + "\r\n\r\n" + part.content +
               "\r\n";
    return out + "--X--\r\n";
}

std::string refusal_of(const std::vector<Part>& parts) {
    const auto order = read_task_order(type, body_of(parts));
    return order ? "taken" : order.error().line;
}

const Part user{"user", "alice"};
const Part image{"image", "PNG", "photo.png"};
const Part hide{"command", "hide"};

} // namespace

BOOST_AUTO_TEST_SUITE(task_order)

BOOST_AUTO_TEST_CASE(the_least_is_a_user_and_a_picture) {
    const auto order = read_task_order(type, body_of({user, image}));
    BOOST_REQUIRE(order.has_value());
    BOOST_TEST(order->user == "alice");
    BOOST_TEST(order->image == "PNG");
    BOOST_TEST(order->image_name == "photo.png");
    BOOST_TEST((!order->hide && !order->key && order->passphrase.empty()));
    BOOST_TEST(refusal_of({image}) == "user: whose task it is");
    BOOST_TEST(refusal_of({user}) == "image: the picture is missing");
    BOOST_TEST(refusal_of({user, {"image", ""}}) == "image: it is empty");
}

BOOST_AUTO_TEST_CASE(names_lose_their_folders_and_what_breaks_lines) {
    const auto order = read_task_order(type, body_of({user, {"image", "PNG", "../../etc/pass\twd.png"}}));
    BOOST_REQUIRE(order.has_value());
    BOOST_TEST(order->image_name == "passwd.png");
    const auto longest = read_task_order(type, body_of({user, {"image", "PNG", std::string(500, 'a')}}));
    BOOST_TEST(longest->image_name.size() == order_name_max);
}

BOOST_AUTO_TEST_CASE(a_secret_is_a_passphrase_or_a_key_of_64_digits) {
    const auto order = read_task_order(type, body_of({user, image, {"key", std::string(62, '0') + "aF"}}));
    BOOST_REQUIRE((order.has_value() && order->key));
    BOOST_TEST((order->key->back() == std::byte{0xaf}));
    BOOST_TEST(refusal_of({user, image, {"key", std::string(63, '0')}}) == "key: 64 hexadecimal digits");
    BOOST_TEST(refusal_of({user, image, {"key", std::string(64, 'g')}}) == "key: 64 hexadecimal digits");
    BOOST_TEST(refusal_of({user, image, {"passphrase", ""}}) == "passphrase: 1 to 1024 bytes");
    BOOST_TEST(refusal_of({user, image, {"passphrase", std::string(1025, 'p')}}) ==
               "passphrase: 1 to 1024 bytes");
    BOOST_TEST(refusal_of({user, image, {"passphrase", "p"}, {"key", std::string(64, '0')}}) ==
               "a passphrase or a key, not both");
}

BOOST_AUTO_TEST_CASE(hiding_wants_one_thing_to_hide) {
    const auto text = read_task_order(type, body_of({user, image, hide, {"text", ""}, {"method", "lsb"}}));
    BOOST_REQUIRE(text.has_value());
    BOOST_TEST((text->hide && text->plain && text->text && text->text->empty()));
    const auto file = read_task_order(type, body_of({user, image, hide, {"file", "x", "a/b.txt"}}));
    BOOST_REQUIRE(file.has_value());
    BOOST_TEST(file->file_name == "b.txt");
    const std::string either = "hide: what to hide is either text or file";
    BOOST_TEST(refusal_of({user, image, hide}) == either);
    BOOST_TEST(refusal_of({user, image, hide, {"text", "a"}, {"file", "b"}}) == either);
    BOOST_TEST(refusal_of({user, image, {"text", "a"}}) == "text, file and method are for hide");
    BOOST_TEST(refusal_of({user, image, {"method", "lsb"}}) == "text, file and method are for hide");
    BOOST_TEST(refusal_of({user, image, {"method", "best"}}) == "method: adaptive or lsb");
}

BOOST_AUTO_TEST_CASE(a_mistyped_or_repeated_field_is_an_error) {
    BOOST_TEST(refusal_of({user, image, {"passphrsae", "p"}}).starts_with("no field of that name"));
    BOOST_TEST(refusal_of({user, user, image}) == "the form has a field twice");
    BOOST_TEST(refusal_of({{"user", "a/b"}, image}).starts_with("user: 1 to 64"));
    BOOST_TEST(refusal_of({user, image, {"command", "shred"}}) == "command: encrypt or hide");
    BOOST_TEST(refusal_of({user, image, hide, {"text", std::string(order_text_max + 1, 't')}}) ==
               "text: it is too long");
}

BOOST_AUTO_TEST_CASE(parts_without_a_name_are_skipped) {
    const std::string body = "--X\r\nContent-Type: text/plain\r\n\r\nhello\r\n" + body_of({user});
    const auto form = multipart_form(type, body);
    BOOST_REQUIRE(form.has_value());
    BOOST_TEST_REQUIRE(form->size() == 1U);
    BOOST_TEST(form->front().name == "user");
}

BOOST_AUTO_TEST_SUITE_END()

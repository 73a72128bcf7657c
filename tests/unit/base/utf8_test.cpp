#include "base/utf8.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;

BOOST_AUTO_TEST_SUITE(utf8)

BOOST_AUTO_TEST_CASE(accepts_the_first_and_last_character_of_every_length) {
    for (const char* text : {"\x01", "\x7f", "\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff",
                             "\U00010000", "\U0010ffff"}) {
        BOOST_TEST(is_utf8(text), text);
    }
    BOOST_TEST(is_utf8(""));
    BOOST_TEST((first_utf8("\U0010ffffx").code == 0x10ffff));
    BOOST_TEST(first_utf8("\U0010ffffx").size == 4U);
}

BOOST_AUTO_TEST_CASE(refuses_overlong_forms_surrogates_and_cut_characters) {
    for (const char* text :
         {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xe2\x82", "\xe2\x28\xa1"}) {
        BOOST_TEST(!is_utf8(text));
        BOOST_TEST(first_utf8(text).size == 1U);
    }
}

BOOST_AUTO_TEST_CASE(every_character_is_written_as_it_is_read) {
    for (char32_t code = 0; code <= 0x10ffff; ++code) {
        if (code >= 0xd800 && code <= 0xdfff) continue;
        std::string text;
        append_utf8(text, code);
        const Utf8Char read = first_utf8(text);
        if (read.code != code || read.size != text.size())
            BOOST_ERROR("U+" << std::hex << std::uint32_t{code});
    }
}

BOOST_AUTO_TEST_CASE(printable_text_stays_on_one_line_and_says_what_it_replaced) {
    BOOST_TEST(printable("a\nb\r\tc") == "a\\nb\\r\\tc");
    BOOST_TEST(printable("\x1b[31m") == "\\u{1b}[31m");
    BOOST_TEST(printable("\u0085") == "\\u{85}"); // C1: "next line"
    BOOST_TEST(printable("x\xff\xfey") == "x\ufffd\ufffdy");
    BOOST_TEST(printable("Grüße 😀") == "Grüße 😀");
    BOOST_TEST(printable(std::string_view{"a\0b", 3}) == "a\\u{00}b");
}

BOOST_AUTO_TEST_SUITE_END()

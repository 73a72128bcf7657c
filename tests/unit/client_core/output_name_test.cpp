#include "base/utf8.hpp"
#include "client_core/output_name.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace cp::client;

namespace {

std::string saved(std::string_view path) { return output_name("encrypted", path, 17); }

constexpr auto last_second = std::numeric_limits<std::uint64_t>::max();

} // namespace

BOOST_AUTO_TEST_SUITE(output_names)

BOOST_AUTO_TEST_CASE(keep_stem_and_extension_of_the_original) {
    BOOST_TEST(output_name("encrypted", "test_image.png", 1730738456) ==
               "encrypted_test_image_1730738456.png");
    BOOST_TEST(output_name("stego", "/home/alice/my photo.JPG", 5) == "stego_my photo_5.JPG");
    BOOST_TEST(saved("archive.tar.gz") == "encrypted_archive.tar_17.gz");
    BOOST_TEST(saved("Größe.webp") == "encrypted_Größe_17.webp");
}

BOOST_AUTO_TEST_CASE(need_no_extension) {
    BOOST_TEST(saved("photo") == "encrypted_photo_17");
    BOOST_TEST(saved("photo.") == "encrypted_photo_17");
    BOOST_TEST(saved(".png") == "encrypted_png_17");
    BOOST_TEST(saved("..hidden.png") == "encrypted_hidden_17.png");
    BOOST_TEST(saved("a.no extension at all") == "encrypted_a.no extension at all_17");
}

BOOST_AUTO_TEST_CASE(are_one_clean_component_whatever_the_path_was) {
    BOOST_TEST(saved("a/b/../c.png") == "encrypted_c_17.png");
    BOOST_TEST(saved("a/b.png//") == "encrypted_b_17.png");
    for (const char* path : {"", "/", ".", "..", "a/..", "..."})
        BOOST_TEST(saved(path) == "encrypted_unnamed_17", path);
    BOOST_TEST(saved("a\n\x1b[2Jb\x7f.p\tng") == "encrypted_a__[2Jb__17.p_ng");
    BOOST_TEST(saved("-rf.png") == "encrypted_-rf_17.png");
    BOOST_TEST(saved("a\xff.png") == "encrypted_a__17.png");
    BOOST_TEST(saved("a\u202egpj.exe") == "encrypted_a_gpj_17.exe");
}

BOOST_AUTO_TEST_CASE(stay_within_255_bytes_and_cut_no_character) {
    for (const std::string unit : {"x", "ä", "\U0001F642"}) {
        std::string path;
        while (path.size() < 300) path += unit;
        const std::string name = output_name("encrypted", path + ".jpeg", last_second);
        BOOST_TEST(name.ends_with("_18446744073709551615.jpeg"));
        BOOST_TEST(cp::is_utf8(name));
        BOOST_TEST(numbered_name(name, std::numeric_limits<unsigned>::max()).size() <= 255U);
        BOOST_TEST(name.size() > 230U);
    }
}

BOOST_AUTO_TEST_CASE(a_number_goes_before_the_extension) {
    BOOST_TEST(numbered_name("encrypted_a_17.png", 0) == "encrypted_a_17.png");
    BOOST_TEST(numbered_name("encrypted_a_17.png", 1) == "encrypted_a_17-1.png");
    BOOST_TEST(numbered_name("encrypted_a_17", 2) == "encrypted_a_17-2");
}

BOOST_AUTO_TEST_CASE(decrypting_names_its_result_after_the_file) {
    BOOST_TEST(decrypted_name("images/encrypted_a_17.png") == "decrypted_a_17.png");
    BOOST_TEST(decrypted_name("a.png") == "decrypted_a.png");
    BOOST_TEST(decrypted_name("alice-7f3c-1.cpe1") == "decrypted_alice-7f3c-1");
    BOOST_TEST(decrypted_name("encrypted_") == "decrypted_unnamed");
}

BOOST_AUTO_TEST_CASE(stego_and_extracted_files_have_names_of_their_own) {
    BOOST_TEST(stego_name("a/photo.jpg", 17) == "stego_photo_17.png");
    BOOST_TEST(stego_name("photo", 17) == "stego_photo_17.png");
    BOOST_TEST(extracted_name("secret.pdf", "x.png") == "extracted_secret.pdf");
    BOOST_TEST(extracted_name("../../etc/passwd", "x.png") == "extracted_passwd");
    BOOST_TEST(extracted_name("a\nb", "x.png") == "extracted_a_b");
    BOOST_TEST(extracted_name("", "images/x.png") == "extracted_x.bin");
    BOOST_TEST(extracted_name("..", "images/x.png") == "extracted_x.bin");
}

BOOST_AUTO_TEST_CASE(a_folder_to_save_in_gets_the_made_name) {
    const auto place = [](const char* given, bool is_folder) {
        const OutputPlace at = output_place(given, is_folder, "in/encrypted_a.png", "made.png");
        return (at.folder / at.name).string();
    };
    BOOST_TEST(place("", false) == "in/made.png");
    BOOST_TEST(place("out", true) == "out/made.png");
    BOOST_TEST(place("out/", true) == "out/made.png");
    BOOST_TEST(place("out/", false) == "out/made.png"); // not there: creating it will fail
    BOOST_TEST(place(".", true) == "./made.png");
    BOOST_TEST(place("..", true) == "../made.png");
    BOOST_TEST(place("a.png", false) == "a.png");
    BOOST_TEST(place("out/a.png", false) == "out/a.png");
    BOOST_TEST(place("out/.a", false) == "out/.a");
}

BOOST_AUTO_TEST_SUITE_END()

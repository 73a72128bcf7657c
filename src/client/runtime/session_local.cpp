// Session, the commands that need no cluster: decrypt and verify.
#include "client_app/command_outcome.hpp"
#include "client_app/session.hpp"
#include "client_core/output_name.hpp"
#include "crypto/digest.hpp"
#include "files/files.hpp"
#include "net/clock.hpp"

#include <filesystem>

namespace cp::client {

Outcome<Payload> Session::open_file(const std::string& path) {
    const std::uint64_t most = options_.config.imaging.max_bytes;
    const auto file = read_file(path, most + imaging::container_overhead);
    if (!file) return file.error();
    auto opened = imaging::decrypt(file->view(), protection_.secret, most);
    if (opened) return Payload{std::move(*opened)};
    const errc code = code_of(opened.error());
    const std::string quoted = "'" + path + "' ";
    switch (code) {
    case errc::wrong_magic:
    case errc::truncated: return Failure{code, quoted + "is not an encrypted image, or it is cut short"};
    case errc::bad_profile:
        return Failure{errc::wrong_key,
                       quoted + "is protected in another way: try --passphrase-file FILE or --user-key FILE"};
    default: return Failure{code, quoted + "does not open: " + opened.error().message()};
    }
}

// `given`: by -o, or empty.
Outcome<std::filesystem::path> Session::save_as(const std::string& given, const std::string& input,
                                                std::string made, ByteView bytes) {
    std::error_code unknown; // then creating it says what is wrong
    const OutputPlace place =
        output_place(given, std::filesystem::is_directory(given, unknown), input, std::move(made));
    return create_first_free([&](unsigned n) { return place.folder / numbered_name(place.name, n); }, bytes);
}

// What the command's file holds; its size and digest go into the result.
Outcome<Payload> Session::open_for(const Work& work, CommandResult& result) {
    printer_.begin(work, net::now());
    auto plain = open_file(work.path);
    if (!plain) return plain;
    result.bytes = plain->size();
    result.sha256 = to_hex(sha256(plain->view()));
    return plain;
}

ExitCode Session::on(const Decrypt& c) {
    const Work work{"decrypt", c.file};
    CommandResult result = result_of(work);
    const auto plain = open_for(work, result);
    if (!plain) return finish(fail(result, plain.error()));
    result.verified = true; // the tag was checked before anything was released

    const auto saved = save_as(c.out, c.file, decrypted_name(c.file), plain->view());
    if (!saved) return finish(fail(result, saved.error()));
    result.file = saved->string();
    result.ok = true;
    return finish(result);
}

ExitCode Session::on(const Verify& c) {
    const Work work{"verify", c.file};
    CommandResult result = result_of(work);
    const auto plain = open_for(work, result);
    if (!plain) return finish(fail(result, plain.error()));
    if (!c.original.empty()) {
        const auto original = read_file(c.original, options_.config.imaging.max_bytes);
        if (!original) return finish(fail(result, original.error()));
        result.original = c.original;
        if (sha256(original->view()) != sha256(plain->view()))
            return finish(fail(
                result, {errc::damaged, "'" + c.file + "' holds something else than '" + c.original + "'"}));
    }
    result.ok = result.verified = true;
    return finish(result);
}

} // namespace cp::client

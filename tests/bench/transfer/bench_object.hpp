// What the bench's small programs share: their command line, the object, the clock, and the words that
// transfer.sh reads from them: "ready", "begin US", "done US [BYTES]" (US: microseconds since 1970), "wrong".
//
//     PROGRAM send|receive OBJECT_FILE [KEY=VALUE...]
//
// The receiver has the file too: it knows the size from it, and compares when the time is taken.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

[[noreturn]] inline void fail(const std::string& what) {
    std::fprintf(stderr, "failed: %s\n", what.c_str());
    std::exit(1);
}
inline void require(bool ok, const char* what) {
    if (!ok) fail(what);
}

inline long long now_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

inline void say(const char* word) {
    std::printf("%s\n", word);
    std::fflush(stdout);
}
inline void say(const char* word, long long us) {
    std::printf("%s %lld\n", word, us);
    std::fflush(stdout);
}

class CommandLine {
public:
    CommandLine(int argc, char** argv) {
        require(argc >= 3, "usage: send|receive OBJECT_FILE [KEY=VALUE...]");
        sends_ = std::string_view{argv[1]} == "send";
        std::ifstream file{argv[2], std::ios::binary | std::ios::ate};
        object_.resize(file ? static_cast<std::size_t>(file.tellg()) : 0);
        file.seekg(0);
        require(file.read(object_.data(), static_cast<std::streamsize>(object_.size())).good(),
                "cannot read the object");
        for (int i = 3; i < argc; ++i) {
            const std::string word = argv[i];
            const auto equals = word.find('=');
            require(equals != std::string::npos, "KEY=VALUE wanted");
            values_[word.substr(0, equals)] = word.substr(equals + 1);
        }
    }
    [[nodiscard]] bool sends() const { return sends_; }
    [[nodiscard]] std::vector<char>& object() { return object_; }
    [[nodiscard]] std::string text(const std::string& key, const std::string& otherwise = "") const {
        const auto found = values_.find(key);
        return found == values_.end() ? otherwise : found->second;
    }
    [[nodiscard]] long number(const std::string& key, long otherwise = 0) const {
        const auto found = values_.find(key);
        return found == values_.end() ? otherwise : std::atol(found->second.c_str());
    }

private:
    bool sends_ = false;
    std::vector<char> object_;
    std::map<std::string, std::string> values_;
};

// The time was taken by the caller: comparing is not what is measured.
inline void done(long long us, const std::vector<char>& wanted, const void* bytes, std::size_t count) {
    if (count == wanted.size() && std::memcmp(bytes, wanted.data(), count) == 0)
        say("done", us);
    else
        say("wrong");
}

} // namespace bench

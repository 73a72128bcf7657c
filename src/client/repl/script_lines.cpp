#include "client_core/words.hpp"
#include "repl/input.hpp"
#include "repl/line_source.hpp"

#include <array>
#include <atomic>
#include <string_view>
#include <utility>

namespace cp::client {
namespace {

class ScriptLines final : public LineSource {
public:
    ScriptLines(int fd, std::string home) : input_{fd}, home_{std::move(home)} {}

    std::optional<Line> next() override {
        while (!stopped_ && read_line()) {
            if (too_long_) {
                return Line{number_, Failure{errc::usage,
                                             "longer than " + std::to_string(script_line_max) + " bytes"}};
            }
            auto words = split_line(without_ends(), home_);
            if (words.has_error() || !words->empty()) return Line{number_, std::move(words)};
        }
        return std::nullopt;
    }

    void stop() noexcept override {
        stopped_ = true; // what was read ahead is not executed
        input_.stop();
    }

private:
    // False at the end. What exceeds the limit is read and dropped, so that the next line is found.
    bool read_line() {
        line_.clear();
        too_long_ = false;
        bool anything = false;
        for (;;) {
            if (rest_.empty()) {
                rest_ = {buffer_.data(), input_.read(buffer_)};
                if (rest_.empty()) break;
            }
            anything = true;
            const std::size_t end = rest_.find('\n');
            add(rest_.substr(0, end));
            if (end == std::string_view::npos) {
                rest_ = {};
                continue;
            }
            rest_.remove_prefix(end + 1);
            break;
        }
        if (anything) ++number_;
        return anything;
    }

    void add(std::string_view part) {
        too_long_ = too_long_ || line_.size() + part.size() > script_line_max;
        if (!too_long_) line_ += part;
    }

    [[nodiscard]] std::string_view without_ends() const {
        constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
        std::string_view line = line_;
        if (number_ == 1 && line.starts_with(byte_order_mark)) line.remove_prefix(byte_order_mark.size());
        if (line.ends_with('\r')) line.remove_suffix(1);
        return line;
    }

    Input input_;
    std::string home_;
    std::atomic<bool> stopped_ = false;
    std::array<char, 16'384> buffer_{};
    std::string_view rest_; // of buffer_, not yet used
    std::string line_;
    std::size_t number_ = 0;
    bool too_long_ = false;
};

} // namespace

std::unique_ptr<LineSource> script_lines(int fd, std::string home) {
    return std::make_unique<ScriptLines>(fd, std::move(home));
}

} // namespace cp::client

// libedit's own interface, not its imitation of readline: it keeps its state in an object instead of in
// globals, and leaves the process's signal handlers alone.
#include "base/utf8.hpp"
#include "client_core/words.hpp"
#include "repl/complete.hpp"
#include "repl/history_file.hpp"
#include "repl/input.hpp"
#include "repl/line_source.hpp"

#include <histedit.h>

#include <algorithm>
#include <clocale>
#include <csignal>
#include <cwchar>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace cp::client {
namespace {

// libedit converts characters by the locale. The terminal speaks UTF-8 also where LANG is unset; this
// thread's locale is changed for as long as libedit runs, the process's is not.
class Utf8Locale {
public:
    Utf8Locale() : locale_{::newlocale(LC_CTYPE_MASK, "C.UTF-8", locale_t{})} {
        if (locale_ != locale_t{}) before_ = ::uselocale(locale_);
    }
    Utf8Locale(const Utf8Locale&) = delete;
    Utf8Locale& operator=(const Utf8Locale&) = delete;
    ~Utf8Locale() {
        if (locale_ == locale_t{}) return;
        ::uselocale(before_);
        ::freelocale(locale_);
    }

private:
    locale_t locale_;
    locale_t before_{};
};

struct EndEdit {
    void operator()(EditLine* edit) const { ::el_end(edit); }
};
struct EndHistory {
    void operator()(History* history) const { ::history_end(history); }
};

class TerminalLines final : public LineSource {
public:
    explicit TerminalLines(const TerminalOptions&);
    ~TerminalLines() override {
        const Utf8Locale utf8;
        edit_.reset();
    }

    std::optional<Line> next() override;
    void stop() noexcept override { input_.stop(); }

private:
    static TerminalLines& self(EditLine*);
    static const char* on_prompt(EditLine* edit) { return self(edit).options_.prompt.c_str(); }
    static int on_read(EditLine*, wchar_t* to);
    static unsigned char on_interrupt(EditLine*, int);
    static unsigned char on_suspend(EditLine*, int);
    static unsigned char on_complete(EditLine*, int);

    void bind_keys();
    void remember(const std::string& line);
    void add_to_history(const std::string& line);
    void show(const std::vector<std::string>& choices);

    TerminalOptions options_;
    Input input_;
    std::unique_ptr<History, EndHistory> history_{::history_init()};
    std::unique_ptr<EditLine, EndEdit> edit_;
    std::string last_; // line in the history
    std::size_t number_ = 0;
    bool interrupted_ = false;
    bool ended_ = false;
};

TerminalLines::TerminalLines(const TerminalOptions& options)
    : options_{options}, input_{::fileno(options.in)} {
    const Utf8Locale utf8;
    edit_.reset(::el_init("cloudp2p", options_.in, options_.out, options_.out));
    EditLine* edit = edit_.get();
    ::el_set(edit, EL_CLIENTDATA, this);
    ::el_set(edit, EL_PROMPT, &on_prompt);
    ::el_set(edit, EL_SIGNAL, 0);
    ::el_set(edit, EL_EDITOR, "emacs");
    ::el_source(edit, nullptr); // the user's ~/.editrc
    ::el_wset(edit, EL_GETCFN, &on_read);
    bind_keys();

    HistEvent event{};
    ::history(history_.get(), &event, H_SETSIZE, static_cast<int>(history_lines_max));
    ::el_set(edit, EL_HIST, &::history, history_.get());
    if (options_.history.empty()) return;
    for (const std::string& line : load_history(options_.history)) add_to_history(line);
}

void TerminalLines::bind_keys() {
    EditLine* edit = edit_.get();
    // While a line is edited these two are keys: a signal would leave the terminal in the editor's mode.
    ::el_set(edit, EL_SETTY, "-d", "-isig", nullptr);
    ::el_wset(edit, EL_ADDFN, L"cp-interrupt", L"discard the line", &on_interrupt); // el_set leaks the names
    ::el_wset(edit, EL_ADDFN, L"cp-suspend", L"stop the program", &on_suspend);
    ::el_wset(edit, EL_ADDFN, L"cp-complete", L"complete the word", &on_complete);
    ::el_set(edit, EL_BIND, "^C", "cp-interrupt", nullptr);
    ::el_set(edit, EL_BIND, "-a", "^C", "cp-interrupt",
             nullptr); // vi's command mode, for whose ~/.editrc asks
    ::el_set(edit, EL_BIND, "^Z", "cp-suspend", nullptr);
    ::el_set(edit, EL_BIND, "^I", "cp-complete", nullptr);
    ::el_set(edit, EL_BIND, "^R", "em-inc-search-prev", nullptr);
}

std::optional<Line> TerminalLines::next() {
    const Utf8Locale utf8;
    while (!ended_) {
        interrupted_ = false;
        ::el_resize(edit_.get()); // the window may have changed since
        int size = 0;
        const char* text = ::el_gets(edit_.get(), &size);
        if (interrupted_) continue;
        if (text == nullptr || size <= 0) break;
        std::string line{text, static_cast<std::size_t>(size)};
        while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
        ++number_;
        auto words = split_line(line, options_.home);
        if (words.has_value() && words->empty()) continue;
        remember(line);
        return Line{number_, std::move(words)};
    }
    // What comes next must not stand behind the prompt.
    if (!std::exchange(ended_, true)) std::fputs("\n", options_.out);
    std::fflush(options_.out);
    return std::nullopt;
}

TerminalLines& TerminalLines::self(EditLine* edit) {
    void* data = nullptr;
    ::el_get(edit, EL_CLIENTDATA, &data);
    return *static_cast<TerminalLines*>(data);
}

// One character of UTF-8; 1, or 0 at the end.
int TerminalLines::on_read(EditLine* edit, wchar_t* to) {
    Input& input = self(edit).input_;
    std::string bytes(1, '\0');
    if (input.read(bytes) == 0) return 0;
    const auto lead = static_cast<unsigned char>(bytes[0]);
    const std::size_t size = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    while (bytes.size() < size) {
        char byte = 0;
        if (input.read({&byte, 1}) == 0) return 0;
        bytes += byte;
    }
    const Utf8Char c = first_utf8(bytes);
    *to = static_cast<wchar_t>(c.code == not_utf8 ? 0xfffd : c.code);
    return 1;
}

// The text stays on the screen, as in a shell, and the prompt comes again below: the line ends as if Enter
// had been typed behind it, but next() throws it away.
unsigned char TerminalLines::on_interrupt(EditLine* edit, int) {
    self(edit).interrupted_ = true;
    const LineInfoW* line = ::el_wline(edit);
    ::el_cursor(edit, static_cast<int>(line->lastchar - line->cursor));
    ::el_insertstr(edit, "^C");
    ::el_wpush(edit, L"\n");
    return CC_REFRESH;
}

unsigned char TerminalLines::on_suspend(EditLine* edit, int) {
    ::el_set(edit, EL_PREP_TERM, 0);
    std::raise(SIGTSTP); // returns when the shell continues us
    ::el_set(edit, EL_PREP_TERM, 1);
    return CC_REDISPLAY;
}

unsigned char TerminalLines::on_complete(EditLine* edit, int) {
    const LineInfo* line = ::el_line(edit);
    const std::string before{line->buffer, static_cast<std::size_t>(line->cursor - line->buffer)};
    const std::string& home = self(edit).options_.home;
    const Completion completion =
        complete(before, [&home](const std::string& folder) { return list_folder(folder, home); });
    if (!completion.choices.empty()) {
        self(edit).show(completion.choices);
        return CC_REDISPLAY;
    }
    if (completion.replacement.empty()) return CC_REFRESH_BEEP;
    // libedit counts characters here.
    const std::string word = before.substr(completion.from);
    const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; };
    ::el_deletestr(edit, static_cast<int>(std::ranges::count_if(word, begins)));
    ::el_insertstr(edit, completion.replacement.c_str());
    return CC_REFRESH;
}

void TerminalLines::show(const std::vector<std::string>& choices) {
    constexpr std::size_t shown_max = 100;
    const std::size_t count = std::min(choices.size(), shown_max);
    std::size_t width = 0;
    for (std::size_t i = 0; i < count; ++i) width = std::max(width, choices[i].size() + 2);
    const std::size_t a_line = std::max<std::size_t>(1, terminal_columns(::fileno(options_.out)) / width);
    std::string text = "\n";
    for (std::size_t i = 0; i < count; ++i) {
        const bool last = (i + 1) % a_line == 0 || i + 1 == count;
        text += choices[i] + (last ? "\n" : std::string(width - choices[i].size(), ' '));
    }
    if (choices.size() > count) text += "(and " + std::to_string(choices.size() - count) + " more)\n";
    std::fputs(text.c_str(), options_.out);
}

void TerminalLines::remember(const std::string& line) {
    if (line.starts_with(' ') || line == last_) return;
    add_to_history(line);
    if (!options_.history.empty()) append_history(options_.history, line);
}

void TerminalLines::add_to_history(const std::string& line) {
    HistEvent event{};
    ::history(history_.get(), &event, H_ENTER, line.c_str());
    last_ = line;
}

} // namespace

std::unique_ptr<LineSource> terminal_lines(const TerminalOptions& options) {
    return std::make_unique<TerminalLines>(options);
}

bool is_terminal(int fd) { return ::isatty(fd) == 1; }

std::size_t terminal_columns(int fd) {
    winsize size{};
    const bool known = ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : 80;
}

} // namespace cp::client

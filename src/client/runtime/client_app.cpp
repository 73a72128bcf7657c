#include "client_app/client_app.hpp"

#include "client_app/session.hpp"
#include "config/data_dir.hpp"
#include "config/key_file.hpp"
#include "config/token_file.hpp"
#include "files/files.hpp"
#include "net/clock.hpp"
#include "repl/json.hpp"
#include "repl/line_source.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <unistd.h>
#include <vector>

namespace cp::client {
namespace {

constexpr std::uint64_t secret_file_max = 4096;

std::string without_line_end(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    return std::string{text};
}

// Which of the profiles protects what this run encrypts, and opens what it decrypts.
Outcome<Protection> protection_of(const ClientOptions& options) {
    if (!options.passphrase_file.empty()) {
        const auto file = read_file(options.passphrase_file, secret_file_max);
        if (!file) return file.error();
        const std::string passphrase = without_line_end(as_text(file->view()));
        if (passphrase.empty())
            return Failure{errc::usage, "'" + options.passphrase_file.string() + "' holds no passphrase"};
        return uploads::protection_by(imaging::Passphrase{passphrase});
    }
    if (!options.user_key.empty()) {
        const auto file = read_file(options.user_key, secret_file_max);
        if (!file) return file.error();
        imaging::UserKey key;
        if (file->size() != key.bytes.size())
            return Failure{errc::usage, "'" + options.user_key.string() +
                                            "' is not a key file: 32 bytes wanted "
                                            "(head -c 32 /dev/urandom > FILE)"};
        std::ranges::copy(file->view(), key.bytes.begin());
        return uploads::protection_by(key);
    }
    return uploads::protection_by(imaging::Username{options.user});
}

enum class Mode { one_shot, script, prompt };

Mode mode_of(const ClientOptions& options) {
    if (!options.words.empty()) return Mode::one_shot;
    return is_terminal(STDIN_FILENO) ? Mode::prompt : Mode::script;
}

Duration timeout_of(const ClientOptions& options, Mode mode) {
    if (mode == Mode::prompt && !options.timeout_asked) return {}; // a person decides when to give up
    return std::chrono::duration_cast<Duration>(options.config.client.timeout);
}

class ClientApp {
public:
    ClientApp(const ClientOptions& options, const Environment& environment, Protection protection,
              TimePoint began)
        : options_{options}, environment_{environment}, mode_{mode_of(options)}, began_{began},
          printer_{std::cout, std::cerr, printer_options()}, session_{options, std::move(protection),
                                                                      timeout_of(options, mode_), printer_,
                                                                      [this] { return open_link(); }} {}

    int run() {
        const ExitCode code = mode_ == Mode::one_shot ? one_shot() : lines();
        return static_cast<int>(code);
    }
    Printer& printer() { return printer_; }

private:
    [[nodiscard]] PrinterOptions printer_options() const {
        PrinterOptions printer;
        printer.user = options_.user;
        printer.destination = to_text(options_.config.network.data());
        if (loopback_only(options_.config.network)) printer.destination += " (lo)";
        printer.json = options_.json;
        printer.quiet = options_.quiet;
        printer.progress = is_terminal(STDERR_FILENO);
        printer.columns = terminal_columns(STDERR_FILENO);
        return printer;
    }

    Outcome<Link*> open_link() {
        if (link_) return link_.get();
        const auto path = key_path(options_.config.node, environment_);
        if (!path) return path.error();
        const auto key = obtain_key(*path, loopback_only(options_.config.network));
        if (!key)
            return key.error().code == errc::bad_field ? Failure{errc::unreadable, key.error().line}
                                                       : key.error();
        if (key->created) printer_.note("made a cluster key: " + key->path.string());
        auto link = Link::open(options_.config, key->key, [this](const Interrupted& interrupted) {
            if (source_ && ends_lines(interrupted)) source_->stop();
        });
        if (!link) return link.error();
        link_ = std::move(*link);
        return link_.get();
    }

    [[nodiscard]] CommandHints hints() const {
        return {"client " + options_.user, [](const std::string& path) { return is_file(path); }};
    }

    ExitCode execute(std::span<const std::string> words, TimePoint began) {
        const auto command = parse_command(words, hints());
        if (command) return session_.execute(*command, began);
        printer_.error(command.error());
        return ExitCode::usage;
    }

    // Ctrl-C is about the command; but a script ends with the first command that does not end well.
    [[nodiscard]] bool ends_lines(const Interrupted& interrupted) const {
        return interrupted.end || (mode_ == Mode::script && !options_.keep_going);
    }

    ExitCode one_shot() { return execute(options_.words, began_); }

    // A script stops at its first failure; a person goes on.
    ExitCode lines() {
        const bool prompt = mode_ == Mode::prompt;
        const std::string home{value_of(environment_, "HOME")};
        source_ = prompt ? terminal_lines({options_.user + "> ", history_file(environment_), home, stdin,
                                           options_.json ? stderr : stdout})
                         : script_lines(STDIN_FILENO, home);
        if (prompt) {
            printer_.welcome();
            // The cluster is found while the first line is typed. What is wrong is said now, not then.
            const auto link = open_link();
            if (!link) {
                printer_.error(link.error());
                return exit_code(link.error().code);
            }
            session_.keep_online(**link);
        }
        std::vector<ExitCode> codes;
        while (!session_.over()) {
            const auto line = source_->next();
            // While a prompt waits, nothing runs that could be meant.
            if (const auto stop = link_ ? session_.interrupted_since(*link_) : std::nullopt) {
                if (!prompt) codes.push_back(ExitCode::interrupted);
                if (ends_lines(*stop)) break;
            }
            if (!line) break;
            const TimePoint began = net::now();
            if (prompt) printer_.set_columns(terminal_columns(STDERR_FILENO));
            ExitCode code = ExitCode::usage;
            if (line->words)
                code = execute(*line->words, began);
            else
                printer_.error({line->words.error().code,
                                "line " + std::to_string(line->number) + ": " + line->words.error().line});
            codes.push_back(code);
            if (!prompt && code != ExitCode::done && !options_.keep_going) break;
        }
        if (prompt) {
            printer_.goodbye();
            return ExitCode::done;
        }
        return exit_code(codes);
    }

    const ClientOptions& options_;
    const Environment& environment_;
    Mode mode_;
    TimePoint began_;
    Printer printer_;
    std::unique_ptr<LineSource> source_;
    std::unique_ptr<Link>
        link_; // goes after the session, which asks it, and before the source, which it may wake
    Session session_;
};

} // namespace

int run_client(const ClientOptions& options, const Environment& environment, TimePoint began) {
    auto protection = protection_of(options);
    if (!protection) return fail_to_start(protection.error(), options.json);
    ClientOptions completed = options;
    if (completed.token.empty())
        if (const auto path = token_path(options.config.node, environment))
            if (auto token = load_token(*path))
                completed.token = std::move(*token); // else: this machine's nodes want none
    ClientApp app{completed, environment, std::move(*protection), began};
    return app.run();
}

int fail_to_start(const Failure& failure, bool json) {
    std::cerr << "client: " << failure.line << '\n';
    if (json) std::cout << to_json(failure) << '\n';
    return static_cast<int>(exit_code(failure.code));
}

} // namespace cp::client

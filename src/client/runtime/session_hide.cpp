// Session, the commands about hidden things: hide, extract, capacity.
#include "client_app/command_outcome.hpp"
#include "client_app/hide_work.hpp"
#include "client_app/session.hpp"
#include "client_core/output_name.hpp"
#include "crypto/digest.hpp"
#include "files/files.hpp"
#include "net/clock.hpp"
#include "pictures/codec.hpp"

#include <filesystem>

namespace cp::client {
namespace {

std::string warning_for(double bits_per_sample) {
    if (bits_per_sample * 1000 <= imaging::rate_default) return {};
    return "more than 0.05 bits a sample: detectors find it more easily; a larger picture hides it better "
           "(see 'capacity')";
}

} // namespace

PictureLimits Session::picture_limits() const {
    const Config& config = options_.config;
    return {{config.imaging.max_bytes, options_.any_file},
            {config.imaging.max_pixels, config.imaging.max_side},
            std::uint64_t{config.tasks.memory_budget_mib} << 20U};
}

ExitCode Session::on(const Hide& c) {
    const Work work{"hide", c.path, {header_.task.client, next_task_++}};
    printer_.begin(work, net::now());
    return finish(run_task(work, [&](const wire::TaskHeader& header) {
        return prepare_hide(c, header, protection_, picture_limits());
    }));
}

bool Session::take_picture(const Answered& answered, const Prepared& prepared, CommandResult& result) {
    const auto picture = verified_picture(answered.object, prepared, protection_, picture_limits());
    if (!picture) {
        fail(result,
             {errc::damaged, picture.error().line}); // whatever is wrong with it: it is not what was asked
        return false;
    }
    result.verified = result.hidden = true;
    result.bits_per_sample = picture->bits_per_sample;
    if (!prepared.hidden->plain) result.warning = warning_for(picture->bits_per_sample);
    save(picture->png, stego_name(prepared.hidden->cover, prepared.header.unix_seconds), result);
    return true;
}

ExitCode Session::on(const Extract& c) {
    const Work work{"extract", c.file};
    printer_.begin(work, net::now());
    CommandResult result = result_of(work);
    const auto found = find_hidden(c.file, c.plain, protection_, options_.user, picture_limits());
    if (!found) return finish(fail(result, found.error()));
    const imaging::Hidden& hidden = found->hidden;
    result.bytes = hidden.data.size();
    result.sha256 = to_hex(sha256(hidden.data));
    result.bits_per_sample = found->bits_per_sample;
    result.verified = !c.plain; // the tag was checked before anything was released
    result.ok = true;
    if (hidden.kind == imaging::HiddenKind::text) result.text = std::string{as_text(hidden.data)};
    if (result.text && c.out.empty()) return finish(result);

    const auto saved = save_as(c.out, c.file, extracted_name(hidden.name, c.file), hidden.data);
    if (!saved) return finish(fail(result, saved.error()));
    result.file = saved->string();
    return finish(result);
}

ExitCode Session::on(const Capacity& c) {
    const Work work{"capacity", c.path};
    printer_.begin(work, net::now());
    CommandResult failed = result_of(work);
    const auto file = read_file(c.path, picture_limits().files.image_max);
    if (!file) return finish(fail(failed, file.error()));
    const auto decoded = pictures::decode(file->view(), picture_limits().decode);
    if (!decoded)
        return finish(fail(failed, {decoded.error().code, "'" + c.path + "': " + decoded.error().line}));
    const imaging::Picture& picture = decoded->picture;
    CapacityReport report{c.path, picture.width, picture.height, picture.colours(), {}, 0};
    for (unsigned rate : {imaging::rate_default, 100U, imaging::rate_max})
        report.bytes.emplace_back(rate / 1000.0,
                                  imaging::stego_capacity(picture.colour_samples(), rate).value_or(0));
    report.millis = millis();
    printer_.capacity(report);
    return ExitCode::done;
}

} // namespace cp::client

// The decoder library itself: OpenCV behind the C interface of plugin.h. Nothing leaves it as an exception.
#include "pictures/plugin.h"

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include <exception>
#include <fcntl.h>
#include <memory>
#include <new>
#include <sched.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

// OpenCV and libpng write what they think of a file to standard error, where a node's log goes. A thread with
// a file table of its own can be without one. It lets go of all other files, too: while a copy is open,
// closing a socket would not end its connection.
template <class Work>
cp_result muted(Work work) try {
    cp_result result = cp_failed;
    std::thread{[&] {
        if (unshare(CLONE_FILES) == 0) {
            close_range(0, ~0U, 0);
            for (int standard = 0; standard < 3; ++standard)
                if (open("/dev/null", O_RDWR | O_CLOEXEC) < 0) break;
        }
        try {
            result = work();
        } catch (const cv::Exception& e) {
            result = e.code == cv::Error::StsNoMem ? cp_no_memory : cp_not_decodable;
        } catch (const std::bad_alloc&) {
            result = cp_no_memory;
        } catch (...) {
            result = cp_failed;
        }
    }}.join();
    return result;
} catch (const std::exception&) { // no thread to be had
    return cp_no_memory;
}

// EXIF: 1 upright, 2 mirrored, 3 half a turn, 4 upside down mirrored, 5 to 8 with rows and columns changed.
cv::Mat turned(const cv::Mat& stored, unsigned orientation) {
    cv::Mat upright = stored;
    if (orientation >= 5 && orientation <= 8) cv::transpose(stored, upright);
    constexpr int none = 2;
    constexpr int over_x = 0;
    constexpr int over_y = 1;
    constexpr int over_both = -1;
    constexpr int flips[] = {none, none, over_y, over_both, over_x, none, over_y, over_both, over_x};
    const int flip = orientation <= 8 ? flips[orientation] : none;
    if (flip == none) return upright;
    cv::Mat flipped;
    cv::flip(upright, flipped, flip);
    return flipped;
}

cp_result decode_here(const unsigned char* file, size_t size, unsigned orientation, cp_samples* out) {
    const cv::Mat bytes(1, static_cast<int>(size), CV_8UC1, const_cast<unsigned char*>(file));
    const cv::Mat stored = cv::imdecode(bytes, cv::IMREAD_UNCHANGED);
    if (stored.empty()) return cp_not_decodable;
    const bool known_depth = stored.depth() == CV_8U || stored.depth() == CV_16U;
    const int channels = stored.channels();
    if (!known_depth || (channels != 1 && channels != 3 && channels != 4)) return cp_depth_not_supported;
    auto picture = std::make_unique<cv::Mat>(turned(stored, orientation));
    if (!picture->isContinuous()) *picture = picture->clone();
    out->width = static_cast<uint32_t>(picture->cols);
    out->height = static_cast<uint32_t>(picture->rows);
    out->channels = static_cast<uint8_t>(channels);
    out->bytes_per_sample = stored.depth() == CV_8U ? 1 : 2;
    out->data = picture->data;
    out->owner = picture.release();
    return cp_done;
}

cp_result encode_png_here(const cp_samples* samples, int level, cp_file* out) {
    const int depth = samples->bytes_per_sample == 1 ? CV_8U : CV_16U;
    const cv::Mat picture(static_cast<int>(samples->height), static_cast<int>(samples->width),
                          CV_MAKETYPE(depth, samples->channels), samples->data);
    auto file = std::make_unique<std::vector<unsigned char>>();
    // Run lengths alone: on photographs a search for longer matches costs twice as much for nothing.
    const std::vector<int> parameters{cv::IMWRITE_PNG_COMPRESSION, level, cv::IMWRITE_PNG_STRATEGY,
                                      cv::IMWRITE_PNG_STRATEGY_RLE};
    if (!cv::imencode(".png", picture, *file, parameters)) return cp_failed;
    out->data = file->data();
    out->size = file->size();
    out->owner = file.release();
    return cp_done;
}

cp_result decode(const unsigned char* file, size_t size, unsigned orientation, cp_samples* out) {
    return muted([&] { return decode_here(file, size, orientation, out); });
}
cp_result encode_png(const cp_samples* samples, int level, cp_file* out) {
    return muted([&] { return encode_png_here(samples, level, out); });
}

void release_samples(void* owner) { delete static_cast<cv::Mat*>(owner); }
void release_file(void* owner) { delete static_cast<std::vector<unsigned char>*>(owner); }

} // namespace

extern "C" __attribute__((visibility("default"))) const cp_pictures_plugin* cp_pictures() {
    static constexpr cp_pictures_plugin plugin{cp_pictures_version, decode, encode_png, release_samples,
                                               release_file};
    return &plugin;
}

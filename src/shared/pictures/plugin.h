/* What the decoder library offers to codec.cpp, which loads it when the first picture is decoded: OpenCV brings
 * a hundred libraries along, and starting them takes 0.1 s that most runs of the programs do not need. A C
 * interface, because two copies of our C++ live on its two sides. All functions may be called from any thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Rows from the top without gaps; blue, green, red, alpha. */
struct cp_samples {
    uint32_t width;
    uint32_t height;
    uint8_t channels;         /* 1, 3 or 4 */
    uint8_t bytes_per_sample; /* 1 or 2 */
    unsigned char* data;
    void* owner; /* for cp_release_samples; not used by cp_encode_png */
};

struct cp_file {
    const unsigned char* data;
    size_t size;
    void* owner; /* for cp_release_file */
};

enum cp_result { cp_done = 0, cp_not_decodable = 1, cp_no_memory = 2, cp_depth_not_supported = 3, cp_failed = 4 };

/* Turned as the EXIF orientation (1..8) says. */
typedef enum cp_result cp_decode_function(const unsigned char* file, size_t size, unsigned orientation,
                                          struct cp_samples* out);
typedef enum cp_result cp_encode_png_function(const struct cp_samples* samples, int level, struct cp_file* out);
typedef void cp_release_function(void* owner);

struct cp_pictures_plugin {
    uint32_t version; /* cp_pictures_version */
    cp_decode_function* decode;
    cp_encode_png_function* encode_png;
    cp_release_function* release_samples;
    cp_release_function* release_file;
};

#define cp_pictures_version 1U
#define cp_pictures_symbol "cp_pictures"
typedef const struct cp_pictures_plugin* cp_pictures_function(void);

#ifdef __cplusplus
}
#endif

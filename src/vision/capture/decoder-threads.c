/*
 * One decoder thread for OpenCV, loaded into a head's process with LD_PRELOAD.
 *
 * OpenCV gives FFmpeg as many decoder threads as the machine has processors, and its addon has no setting for that. Each
 * thread beyond the first holds one frame back: with eight, an H.264 camera at 20 frames/s is seen 350 ms late.
 * So each decoder that OpenCV opens gets one thread. All else keeps its threads, OpenCV's own included.
 *
 * The context is set by its option's name, so that this holds for every version of OpenCV and FFmpeg.
 *
 * cc -O2 -shared -fPIC -o decoder-threads.so decoder-threads.c -ldl
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

typedef int open_decoder(void *context, const void *codec, void **options);
typedef int set_option(void *context, const char *name, int64_t value, int flags);

int avcodec_open2(void *context, const void *codec, void **options) {
  Dl_info caller = {0};
  void *library = NULL;
  /* Node loads the addon's libraries for the addon alone: only their own handles find what they depend on. */
  if (dladdr(__builtin_return_address(0), &caller) != 0 && caller.dli_fname != NULL)
    library = dlopen(caller.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
  if (library == NULL) library = RTLD_NEXT;
  if (caller.dli_fname != NULL && strstr(caller.dli_fname, "libopencv_videoio") != NULL) {
    set_option *set = (set_option *)dlsym(library, "av_opt_set_int");
    if (set != NULL) set(context, "threads", 1, 0);
  }
  open_decoder *open = (open_decoder *)dlsym(library, "avcodec_open2");
  return open == NULL ? -1 : open(context, codec, options);
}

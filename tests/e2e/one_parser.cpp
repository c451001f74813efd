// Loaded into OpenDKIM before libunbound: its reading of a configuration file is for one thread at a time, and OpenDKIM
// (built with VBR, as Debian does) reads the file for every message, in as many threads as there are messages.
#include <dlfcn.h>
#include <mutex>

struct ub_ctx;

extern "C" int ub_ctx_config(ub_ctx* context, const char* file) {  // as <unbound.h> declares it
  static std::mutex one;
  const std::scoped_lock lock(one);
  static const auto real = reinterpret_cast<int (*)(ub_ctx*, const char*)>(dlsym(RTLD_NEXT, "ub_ctx_config"));
  return real(context, file);
}

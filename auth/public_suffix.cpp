#include "auth/public_suffix.h"

#include <libpsl.h>

namespace mailprobe::auth {

std::string registrable_domain(const std::string& domain) {
  const char* found = psl_registrable_domain(psl_builtin(), domain.c_str());
  return found ? found : domain;
}

}  // namespace mailprobe::auth

#include "evidence/pointer.h"

namespace mailprobe::evidence {

std::string pointer_step(std::string_view step) {
  std::string out = "/";
  for (const char c : step) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

}  // namespace mailprobe::evidence

#include "evidence/waited.h"

#include <chrono>

#include "base/time.h"

namespace mailprobe::evidence {

std::string waited_text(std::int64_t ms) {
  using namespace std::chrono;
  const milliseconds whole(ms);
  return duration_text(whole < 1s ? whole : duration_cast<milliseconds>(round<seconds>(whole)));
}

}  // namespace mailprobe::evidence

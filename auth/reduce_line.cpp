#include "auth/reduce_line.h"

#include <array>
#include <cstdint>
#include <cstring>

#ifdef __x86_64__
#include <tmmintrin.h>
#endif

namespace mailprobe::auth {

char* reduce_line_by_octets(std::string_view line, char* to) {
  bool space = false;
  for (const char c : line) {
    if (c == ' ' || c == '\t') {
      space = true;
    } else {
      if (space) *to++ = ' ';
      space = false;
      *to++ = c;
    }
  }
  return to;
}

#ifdef __x86_64__

namespace {

/// For each choice of eight octets, the shuffle that moves those chosen together, and how many they are.
struct Compaction {
  std::array<std::array<std::uint8_t, 8>, 256> order{};
  std::array<std::uint8_t, 256> count{};

  constexpr Compaction() {
    for (unsigned choice = 0; choice < 256; ++choice) {
      std::uint8_t at = 0;
      for (std::uint8_t bit = 0; bit < 8; ++bit)
        if ((choice >> bit & 1U) != 0) order[choice][at++] = bit;
      count[choice] = at;
    }
  }
};
constexpr Compaction compaction;

/// Sixteen octets, of which `octets` count; `space`: white space came before them.
[[gnu::target("ssse3"), gnu::always_inline]] inline char* reduce_block(__m128i block, unsigned octets, unsigned& space,
                                                                       char* to) {
  const auto blank = _mm_set1_epi8(' ');
  const auto white = _mm_or_si128(_mm_cmpeq_epi8(block, blank), _mm_cmpeq_epi8(block, _mm_set1_epi8('\t')));
  const auto bits = static_cast<unsigned>(_mm_movemask_epi8(white));
  const auto kept = ~(bits & (bits << 1U | space)) & octets;
  space = bits >> 15U;
  block = _mm_or_si128(_mm_and_si128(white, blank), _mm_andnot_si128(white, block));
  if (kept == 0xffffU) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), block);
    return to + 16;
  }
  for (const auto choice : {kept & 0xffU, kept >> 8U}) {
    const auto order = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(compaction.order[choice].data()));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(to), _mm_shuffle_epi8(block, order));
    to += compaction.count[choice];
    block = _mm_srli_si128(block, 8);
  }
  return to;
}

[[gnu::target("ssse3")]] char* reduce_by_blocks(std::string_view line, char* to) {
  constexpr std::size_t size = 16;
  unsigned space = 0;
  for (; line.size() >= size; line.remove_prefix(size))
    to = reduce_block(_mm_loadu_si128(reinterpret_cast<const __m128i*>(line.data())), 0xffffU, space, to);
  if (line.empty()) return to;
  std::array<char, size> rest{};
  std::memcpy(rest.data(), line.data(), line.size());
  const auto octets = (1U << line.size()) - 1U;
  return reduce_block(_mm_loadu_si128(reinterpret_cast<const __m128i*>(rest.data())), octets, space, to);
}

const bool has_shuffle = __builtin_cpu_supports("ssse3") != 0;

}  // namespace

char* reduce_line(std::string_view line, char* to) {
  return has_shuffle ? reduce_by_blocks(line, to) : reduce_line_by_octets(line, to);
}

#else

char* reduce_line(std::string_view line, char* to) { return reduce_line_by_octets(line, to); }

#endif

}  // namespace mailprobe::auth

#include "base/sntp.h"

#include <cstdint>

#include "base/safe_text.h"

namespace mailprobe {

namespace {

// RFC 5905 §7.3: leap, version, mode; stratum; …; reference id at 12; originate at 24, receive at 32, transmit at 40.
constexpr std::size_t packet_size = 48, stratum_at = 1, reference_at = 12, originate_at = 24, receive_at = 32,
                      transmit_at = 40, stamp_size = 8;
constexpr char question_head = 0x23;  // no warning, version 4, client
constexpr unsigned mode_server = 4, leap_unknown = 3, max_stratum = 15;
constexpr std::int64_t to_unix_epoch = 2'208'988'800;  // seconds from 1900 to 1970
constexpr std::int64_t era = std::int64_t{1} << 32;

unsigned octet(std::string_view packet, std::size_t at) { return static_cast<unsigned char>(packet[at]); }

std::uint32_t number(std::string_view packet, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | octet(packet, at + i);
  return value;
}

/// RFC 4330 §3: where bit 0 is not set, it is the era that begins in 2036.
Time stamp(std::string_view packet, std::size_t at) {
  const std::int64_t seconds = number(packet, at);
  const bool next_era = (seconds & (era >> 1)) == 0;
  const std::int64_t fraction = number(packet, at + 4);
  return Time(std::chrono::seconds(seconds + (next_era ? era : 0) - to_unix_epoch) +
              std::chrono::milliseconds(fraction * 1000 / era));
}

/// RFC 4330 §8: a code of four letters in place of the source.
std::unexpected<Error> kiss_of_death(std::string_view packet) {
  const auto code = packet.substr(reference_at, 4);
  const bool often = code == "RATE";
  const bool known = often || code == "DENY" || code == "RSTR";
  return fail(known ? Failure::refused : Failure::protocol, "NTP: the server tells no time: " + safe_text(code),
              often   ? Cause::rate_limited
              : known ? Cause::refused
                      : Cause::protocol_error);
}

std::unexpected<Error> broken(std::string what) {
  return fail(Failure::protocol, "NTP: " + std::move(what), Cause::protocol_error);
}

}  // namespace

std::string sntp_question(std::string_view nonce) {
  std::string packet(packet_size, '\0');
  packet[0] = question_head;
  packet.replace(transmit_at, stamp_size, nonce.substr(0, stamp_size));
  packet.resize(packet_size);
  return packet;
}

Result<SntpAnswer> read_sntp(std::string_view packet, std::string_view question, Time sent, Time received) {
  if (packet.size() < packet_size || question.size() < packet_size) return broken("the packet is cut off");
  if ((octet(packet, 0) & 7U) != mode_server) return broken("the packet is not of a server");
  // RFC 4330 §5: who did not see the question answers another one.
  if (packet.substr(originate_at, stamp_size) != question.substr(transmit_at, stamp_size))
    return broken("the packet answers another question");
  const auto stratum = octet(packet, stratum_at);
  if (stratum == 0) return kiss_of_death(packet);
  if (stratum > max_stratum || octet(packet, 0) >> 6 == leap_unknown)
    return broken("the server's own clock is not set");
  if (number(packet, transmit_at) == 0 || number(packet, receive_at) == 0) return broken("there is no time in it");
  const auto came = stamp(packet, receive_at), left = stamp(packet, transmit_at);
  if (left < came || received < sent) return broken("the times in it run backwards");
  // RFC 4330 §5, with the other sign: ours against theirs.
  return SntpAnswer{.time = left,
                    .offset = ((sent - came) + (received - left)) / 2,
                    .error = std::chrono::abs((received - sent) - (left - came)) / 2};
}

}  // namespace mailprobe

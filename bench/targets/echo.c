/* The control below all others: what the kernel can do when almost nothing is done above it. A WebSocket server on one
   epoll that says everything again. Usage: echo <port>; several of them share the port. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { room = 65536, sockets = 1 << 20 };

/* What of a frame or a handshake came without its end: kept per socket, only while there is any. */
static struct { unsigned char *bytes; size_t length; char upgraded; } rest[sockets];

static uint32_t turn(uint32_t x, int by) { return x << by | x >> (32 - by); }

static void sha1(const unsigned char *text, size_t length, unsigned char out[20]) {
  uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  unsigned char block[128] = {0};
  size_t total = length + 9 <= 64 ? 64 : 128;
  memcpy(block, text, length);
  block[length] = 0x80;
  for (int i = 0; i < 8; i++) block[total - 1 - i] = (unsigned char)((uint64_t)length * 8 >> (8 * i));
  for (size_t at = 0; at < total; at += 64) {
    uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int i = 0; i < 16; i++)
      w[i] = (uint32_t)block[at + 4 * i] << 24 | (uint32_t)block[at + 4 * i + 1] << 16 | (uint32_t)block[at + 4 * i + 2] << 8 | block[at + 4 * i + 3];
    for (int i = 16; i < 80; i++) w[i] = turn(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (int i = 0; i < 80; i++) {
      uint32_t f = i < 20 ? (b & c) | (~b & d) : i < 40 ? b ^ c ^ d : i < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
      uint32_t k = i < 20 ? 0x5A827999 : i < 40 ? 0x6ED9EBA1 : i < 60 ? 0x8F1BBCDC : 0xCA62C1D6;
      uint32_t next = turn(a, 5) + f + e + k + w[i];
      e = d; d = c; c = turn(b, 30); b = a; a = next;
    }
    h[0] += a; h[1] += b; h[2] += c; h[3] += d; h[4] += e;
  }
  for (int i = 0; i < 20; i++) out[i] = (unsigned char)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static void base64(const unsigned char in[20], char out[29]) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  int at = 0;
  for (int i = 0; i < 20; i += 3) {
    uint32_t three = (uint32_t)in[i] << 16 | (i + 1 < 20 ? (uint32_t)in[i + 1] << 8 : 0) | (i + 2 < 20 ? in[i + 2] : 0);
    for (int j = 18; j >= 0; j -= 6) out[at++] = digits[three >> j & 63];
  }
  out[27] = '=';
  out[28] = 0;
}

/* How many bytes of the handshake were taken; 0 when its end is not there yet. */
static size_t greet(int fd, char *text, size_t length) {
  char *end = memmem(text, length, "\r\n\r\n", 4), *key = strcasestr(text, "Sec-WebSocket-Key: "), joined[128], accept[29], answer[512];
  unsigned char digest[20];
  if (end == NULL) return 0;
  if (key == NULL) {
    (void)!write(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 38);
    return (size_t)(end - text) + 4;
  }
  int n = snprintf(joined, sizeof joined, "%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key + 19);
  sha1((unsigned char *)joined, (size_t)n, digest);
  base64(digest, accept);
  n = snprintf(answer, sizeof answer, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: ocpp1.6\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept);
  if (write(fd, answer, (size_t)n) != n) return 0;
  rest[fd].upgraded = 1;
  return (size_t)(end - text) + 4;
}

/* Says one frame again, unmasked; how many bytes it had, 0 when its end is not there yet, -1 when the socket is done. */
static ssize_t echo(int fd, unsigned char *frame, size_t length) {
  static unsigned char out[room + 16];
  size_t size = length < 2 ? 0 : frame[1] & 127, head = 6, at = 2;
  if (length < 6) return 0;
  if (size == 126) { size = (size_t)frame[2] << 8 | frame[3]; head = 8; }
  if (size == 127) return -1;
  if (length < head + size) return 0;
  if ((frame[0] & 15) == 8) return -1;
  out[0] = (frame[0] & 15) == 9 ? 0x8A : frame[0];
  if (size < 126) out[1] = (unsigned char)size;
  else { out[1] = 126; out[2] = (unsigned char)(size >> 8); out[3] = (unsigned char)size; at = 4; }
  for (size_t i = 0; i < size; i++) out[at + i] = frame[head + i] ^ frame[head - 4 + (i & 3)];
  return write(fd, out, at + size) < 0 ? -1 : (ssize_t)(head + size);
}

static void leave(int fd) {
  free(rest[fd].bytes);
  rest[fd].bytes = NULL;
  rest[fd].length = 0;
  rest[fd].upgraded = 0;
  close(fd);
}

static void hear(int fd) {
  static unsigned char in[room * 2 + 1];
  size_t length = rest[fd].length, at = 0;
  if (length > 0) memcpy(in, rest[fd].bytes, length);
  ssize_t got = read(fd, in + length, room);
  if (got <= 0) {
    if (got == 0 || errno != EAGAIN) leave(fd);
    return;
  }
  length += (size_t)got;
  in[length] = 0;
  for (ssize_t taken; at < length; at += (size_t)taken) {
    taken = rest[fd].upgraded ? echo(fd, in + at, length - at) : (ssize_t)greet(fd, (char *)in + at, length - at);
    if (taken < 0) return leave(fd);
    if (taken == 0) break;
  }
  free(rest[fd].bytes);
  rest[fd].bytes = NULL;
  rest[fd].length = length - at;
  if (rest[fd].length > room) return leave(fd);
  if (rest[fd].length > 0) {
    rest[fd].bytes = malloc(rest[fd].length);
    memcpy(rest[fd].bytes, in + at, rest[fd].length);
  }
}

int main(int count, char **words) {
  int door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1, all = epoll_create1(0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(count > 1 ? words[1] : "0")), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  setsockopt(door, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
  if (bind(door, (struct sockaddr *)&address, sizeof address) < 0 || listen(door, 4096) < 0) return perror("echo"), 1;
  struct epoll_event told = {.events = EPOLLIN, .data.fd = door}, events[512];
  epoll_ctl(all, EPOLL_CTL_ADD, door, &told);
  for (;;) {
    int n = epoll_wait(all, events, 512, -1);
    for (int i = 0; i < n; i++) {
      if (events[i].data.fd != door) { hear(events[i].data.fd); continue; }
      for (int fd; (fd = accept4(door, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
        if (fd >= sockets) { close(fd); continue; }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        told.data.fd = fd;
        epoll_ctl(all, EPOLL_CTL_ADD, fd, &told);
      }
    }
  }
}

"""curl built with GnuTLS: a small front to Debian's libcurl-gnutls, whose command-line tool
exists for OpenSSL only.

    libcurl_gnutls.py URL [OPTION=VALUE]...

Options are names of libcurl (``CAINFO``, ``SSLVERSION``, …); ``OUTPUT`` and ``UPLOAD_FILE`` name files.
The dialogue is written as ``curl -v`` does.
"""

import ctypes
import sys

OBJECT, FUNCTION, LONG = 10000, 20000, 0
OPTIONS = {
    "URL": OBJECT + 2,
    "WRITEDATA": OBJECT + 1,
    "READDATA": OBJECT + 9,
    "WRITEFUNCTION": FUNCTION + 11,
    "READFUNCTION": FUNCTION + 12,
    "FTPPORT": OBJECT + 17,
    "SSLVERSION": LONG + 32,
    "VERBOSE": LONG + 41,
    "NOPROGRESS": LONG + 43,
    "DIRLISTONLY": LONG + 48,
    "UPLOAD": LONG + 46,
    "SSL_VERIFYPEER": LONG + 64,
    "CAINFO": OBJECT + 65,
    "SSL_VERIFYHOST": LONG + 81,
    "SSL_CIPHER_LIST": OBJECT + 83,
    "DEBUGFUNCTION": FUNCTION + 94,
    "USE_SSL": LONG + 119,
    "FTP_SSL_CCC": LONG + 154,
    "TLS13_CIPHERS": OBJECT + 276,
}
# What libcurl hands to the debug function: its own words, what came in, what went out.
MARKS = {0: "* ", 1: "< ", 2: "> "}
POINTER = ctypes.c_void_p
TRANSFER = ctypes.CFUNCTYPE(ctypes.c_size_t, POINTER, ctypes.c_size_t, ctypes.c_size_t, POINTER)
DEBUG = ctypes.CFUNCTYPE(ctypes.c_int, POINTER, ctypes.c_int, POINTER, ctypes.c_size_t, POINTER)


@DEBUG
def tell(_handle, kind, data, size, _user):
    if kind in MARKS:
        text = ctypes.string_at(data, size).decode(errors="replace")
        for line in text.splitlines():
            print(MARKS[kind] + line, flush=True)
    return 0


def main():
    library = ctypes.CDLL("libcurl-gnutls.so.4")
    library.curl_easy_init.restype = POINTER
    library.curl_version.restype = ctypes.c_char_p
    library.curl_easy_strerror.restype = ctypes.c_char_p
    if sys.argv[1:] == ["--version"]:
        print(library.curl_version().decode())
        return 0
    library.curl_global_init(3)
    handle = POINTER(library.curl_easy_init())

    def put(name, value):
        library.curl_easy_setopt(handle, OPTIONS[name], value)

    given = dict(argument.split("=", 1) for argument in sys.argv[2:])
    output = open(given.pop("OUTPUT", "/dev/null"), "wb")
    source = open(given.pop("UPLOAD_FILE", "/dev/null"), "rb")

    @TRANSFER
    def write(data, size, count, _user):
        return output.write(ctypes.string_at(data, size * count))

    @TRANSFER
    def read(data, size, count, _user):
        block = source.read(size * count)
        ctypes.memmove(data, block, len(block))
        return len(block)

    if source.name != "/dev/null":
        put("UPLOAD", ctypes.c_long(1))
    put("URL", sys.argv[1].encode())
    put("VERBOSE", ctypes.c_long(1))
    put("USE_SSL", ctypes.c_long(3))
    put("DEBUGFUNCTION", tell)
    put("WRITEFUNCTION", write)
    put("READFUNCTION", read)
    for name, value in given.items():
        put(name, value.encode() if OPTIONS[name] >= OBJECT else ctypes.c_long(int(value)))
    code = library.curl_easy_perform(handle)
    output.close()
    if code:
        print(f"curl: ({code}) {library.curl_easy_strerror(code).decode()}", flush=True)
    library.curl_easy_cleanup(handle)
    return code


if __name__ == "__main__":
    sys.exit(main())

/* Lets a program that uses OpenSSL as a shared library write its TLS secrets to the file that
   SSLKEYLOGFILE names. The file is opened with the first TLS context, as a rule before a server
   locks itself in and gives up its privileges.

       cc -shared -fPIC -o keylog.so keylog.c -ldl
       SSLKEYLOGFILE=/run/keys.log LD_PRELOAD=./keylog.so proftpd -n */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

typedef struct ssl_ctx SSL_CTX;
typedef struct ssl SSL;

static int file = -1;

static void begin(void) {
    const char *name = getenv("SSLKEYLOGFILE");
    if (file < 0 && name)
        file = open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static void tell(const SSL *session, const char *line) {
    struct iovec parts[2] = {{(void *)line, strlen(line)}, {"\n", 1}};
    (void)session;
    if (file >= 0 && writev(file, parts, 2) < 0)
        file = -1;
}

SSL_CTX *SSL_CTX_new(const void *method) {
    SSL_CTX *(*real)(const void *) = (SSL_CTX * (*)(const void *)) dlsym(RTLD_NEXT, "SSL_CTX_new");
    void (*set)(SSL_CTX *, void (*)(const SSL *, const char *)) =
        (void (*)(SSL_CTX *, void (*)(const SSL *, const char *)))dlsym(
            RTLD_NEXT, "SSL_CTX_set_keylog_callback");
    SSL_CTX *made = real ? real(method) : NULL;
    if (made && set) {
        begin();
        set(made, tell);
    }
    return made;
}

#include "run/watchdog.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

enum { PERIOD = 20000000 }; /* ns: a call of core_run ends after one to two of them */

/* One thread for all cores of a process. The lock protects everything here, and the list of watched
 * cores, but not their schedules: what the thread writes there, no other place may lose. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct watch *first;
static bool started;

static void look(struct watch *watch)
{
    uint64_t calls = __atomic_load_n(&watch->calls, __ATOMIC_RELAXED);
    if (calls == watch->seen) {
        __atomic_store_n(&watch->schedule->attention, 1, __ATOMIC_RELAXED);
        /* A limit that is lowered while the core computes another is lost; the next look, if it is
         * still the same call, lowers it again. */
        __atomic_store_n(&watch->schedule->shared.limit, 0, __ATOMIC_RELAXED);
    }
    watch->seen = calls;
}

static void *work(void *unused)
{
    (void)unused;
    const struct timespec period = {0, PERIOD};
    for (;;) {
        nanosleep(&period, NULL);
        pthread_mutex_lock(&lock);
        while (!first)
            pthread_cond_wait(&changed, &lock);
        for (struct watch *watch = first; watch; watch = watch->next)
            look(watch);
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

#ifdef _WIN32
static void start(void)
{
    pthread_t thread;
    if (started)
        return;
    started = !pthread_create(&thread, NULL, work, NULL);
    if (started)
        pthread_detach(thread);
}
#else
/* A forked process has none of the threads; its lock may be held by one of them. */
static void after_fork(void)
{
    pthread_mutex_init(&lock, NULL);
    pthread_cond_init(&changed, NULL);
    started = false;
}

static void start(void)
{
    static bool registered;
    sigset_t all, before;
    pthread_attr_t attributes;
    pthread_t thread;
    if (started || pthread_attr_init(&attributes))
        return;
    if (!registered)
        registered = !pthread_atfork(NULL, NULL, after_fork);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    /* Signals are for threads that wait for something: they have to wake up. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    started = !pthread_create(&thread, &attributes, work, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
}

#endif

void core_watch(struct core *core, uint32_t enabled)
{
    struct watch *watch = &core->watch, **link;
    pthread_mutex_lock(&lock);
    for (link = &first; *link && *link != watch; link = &(*link)->next)
        ;
    if (*link)
        *link = watch->next;
    if (enabled) {
        start();
        watch->schedule = &core->schedule;
        watch->seen = ++watch->calls;
        watch->next = first;
        first = watch;
        pthread_cond_signal(&changed);
    }
    pthread_mutex_unlock(&lock);
}

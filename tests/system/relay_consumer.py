"""A consumer of public topics that shares no code with the program: confluent-kafka gives it the
messages that were committed, and the package cloudevents reads them.

    relay_consumer.py BROKERS TOPIC…

Prints each message as a line of JSON, from the first one on, until it is killed. It runs in an
environment of its own (consumers.py).
"""

import json
import sys

from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat
from confluent_kafka import Consumer


def read(message):
    event = from_binary(KafkaMessage(dict(message.headers()), message.key(), message.value()),
                        JSONFormat())
    attributes = dict(event.get_attributes())
    assert attributes.pop("partitionkey") == message.key().decode()
    time = attributes["time"].isoformat(timespec="milliseconds")
    attributes["time"] = time.replace("+00:00", "Z")
    return {"topic": message.topic(), "partition": message.partition(),
            "key": message.key().decode(), "event": {**attributes, "data": event.get_data()}}


def main(brokers, *topics):
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "strangers",
                         "isolation.level": "read_committed", "enable.auto.commit": False,
                         "auto.offset.reset": "earliest"})
    consumer.subscribe(list(topics))
    while True:
        message = consumer.poll(0.2)
        if message is not None and message.error() is None:
            print(json.dumps(read(message)), flush=True)
        elif message is not None:
            print(message.error(), file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

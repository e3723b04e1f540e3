FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY loglint loglint
COPY rules rules
RUN python -m pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.12-slim
COPY --from=build /wheels /wheels
RUN python -m pip install --no-cache-dir /wheels/*.whl && useradd --create-home --uid 1000 loglint
USER 1000
WORKDIR /logs
ENTRYPOINT ["loglint"]
CMD ["run", "."]

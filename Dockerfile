# The advisor in a container: the chat, the documents of corpus/, no compiler, no root, nothing fetched when it runs.
# TORCH_INDEX: where to take torch from. Left empty, torch comes from the same place as everything else, which for x86-64 may be the build
# with several gigabytes of CUDA; give the index of PyTorch's builds for the CPU to avoid that.
FROM python:3.11-slim AS build
ARG TORCH_INDEX=""
WORKDIR /opt/build
RUN python -m venv /opt/advisor
COPY constraints.txt ./
RUN /opt/advisor/bin/pip install --no-cache-dir --disable-pip-version-check ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} $(grep ^torch== constraints.txt)
COPY pyproject.toml README.md LICENSE ./
COPY advisor advisor
RUN /opt/advisor/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt .
RUN /opt/advisor/bin/python -c "import torch; print('torch for the CPU' if torch.version.cuda is None else 'torch with CUDA: set TORCH_INDEX for a smaller image')"

FROM python:3.11-slim
COPY --from=build /opt/advisor /opt/advisor
WORKDIR /srv/advisor
COPY corpus corpus
RUN mkdir index && chown 10001:10001 index
ENV PATH=/opt/advisor/bin:$PATH \
    HOME=/tmp \
    PYTHONUNBUFFERED=1 \
    ADVISOR_INDEX=/srv/advisor/index \
    ADVISOR_CORPUS=/srv/advisor/corpus \
    ADVISOR_HOST=0.0.0.0 \
    ADVISOR_PORT=7860
USER 10001:10001
VOLUME /srv/advisor/index
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=180s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"ADVISOR_PORT\"]}/api/v1/health', timeout=4)"]
CMD ["advisor", "serve"]
